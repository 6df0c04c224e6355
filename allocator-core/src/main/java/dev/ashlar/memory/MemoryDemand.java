package dev.ashlar.memory;

import java.util.List;

/** The kind of memory that a caller demands for a heap: the whole ladder of backings, or one rung of it only. */
public enum MemoryDemand {
    /** The best the host gives, region by region: hugetlb, then transparent huge pages, then small pages. */
    AUTO,
    /** The hugetlb pool only. */
    HUGETLB,
    /** Transparent huge pages only: shared memory if it is mapped twice (ALIAS), otherwise anonymous memory. */
    THP,
    /** Transparent huge pages of shared memory only, for data too. */
    SHMEM_THP,
    /** Small pages only. */
    SMALL;

    /**
     * {@return the backings that may serve this demand for code on a write path, in the order in which they are tried;
     * empty if none of them can serve the path}
     *
     * @param path the write path
     */
    public List<Backing> ladder(WritePath path) {
        if (this == AUTO && path == WritePath.IN_PLACE) {
            // Pages of the hugetlb pool change their permission as a whole, so a caller must demand them.
            return List.of(Backing.ANON_THP, Backing.SMALL);
        }
        List<Backing> ladder = ladder(path == WritePath.ALIAS ? Backing.SHMEM_THP : Backing.ANON_THP);
        return ladder.stream().filter(path.backings()::contains).toList();
    }

    /**
     * {@return whether this demand can serve every request for code on a write path, single blocks included}
     *
     * @param path the write path
     */
    public boolean servesBlocks(WritePath path) {
        // Pages of the hugetlb pool change their permission as a whole, so IN_PLACE serves batches from them only.
        return !ladder(path).isEmpty() && !(this == HUGETLB && path == WritePath.IN_PLACE);
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
