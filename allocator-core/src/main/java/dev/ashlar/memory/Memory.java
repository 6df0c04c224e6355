package dev.ashlar.memory;

import java.util.List;

/** What a caller may ask a heap's memory to be: the whole ladder, or one rung of it and no other. */
public enum Memory {
    /** The best the host gives, region by region: hugetlb, then transparent huge pages, then small pages. */
    AUTO,
    /** The hugetlb pool only. */
    HUGETLB,
    /** Transparent huge pages only: shared memory for code, which is mapped twice; anonymous memory for data. */
    THP,
    /** Transparent huge pages of shared memory only, for data too. */
    SHMEM_THP,
    /** Small pages only. */
    SMALL;

    /** {@return the backings that may serve this demand for code, in the order in which they are tried} */
    public List<Backing> ladder() {
        return ladder(Backing.SHMEM_THP);
    }

    /** {@return the backings that may serve this demand for data, in the order in which they are tried} */
    public List<Backing> dataLadder() {
        return ladder(Backing.ANON_THP);
    }

    private List<Backing> ladder(Backing transparent) {
        return switch (this) {
            case AUTO -> List.of(Backing.HUGETLB, transparent, Backing.SMALL);
            case HUGETLB -> List.of(Backing.HUGETLB);
            case THP -> List.of(transparent);
            case SHMEM_THP -> List.of(Backing.SHMEM_THP);
            case SMALL -> List.of(Backing.SMALL);
        };
    }
}
