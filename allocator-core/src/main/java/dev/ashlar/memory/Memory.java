package dev.ashlar.memory;

import java.util.List;

/** What a caller may ask a heap's memory to be: the whole ladder, or one rung of it and no other. */
public enum Memory {
    /** The best the host gives, region by region: hugetlb, then transparent huge pages, then small pages. */
    AUTO,
    /** The hugetlb pool only. */
    HUGETLB,
    /** Transparent huge pages only. */
    THP,
    /** Small pages only. */
    SMALL;

    /** {@return the backings that may serve this demand, in the order in which they are tried} */
    public List<Backing> ladder() {
        return switch (this) {
            case AUTO -> List.of(Backing.HUGETLB, Backing.SHMEM_THP, Backing.SMALL);
            case HUGETLB -> List.of(Backing.HUGETLB);
            case THP -> List.of(Backing.SHMEM_THP);
            case SMALL -> List.of(Backing.SMALL);
        };
    }
}
