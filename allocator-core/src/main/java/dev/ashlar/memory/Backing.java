package dev.ashlar.memory;

/**
 * Where a region's memory comes from, best first: the rungs of the backing ladder.
 *
 * <p>Transitions happen between regions only: a region keeps its backing until it is released.
 */
public enum Backing {
    /** A page of the machine's hugetlb pool, through a memfd. It cannot be split or reclaimed. */
    HUGETLB("hugetlb", true),
    /** Shared memory of a memfd, collapsed to a transparent huge page by MADV_COLLAPSE (Linux 6.1). */
    SHMEM_THP("shmem-thp", true),
    /** Private anonymous memory in transparent huge pages. It has no file, so it serves one view only. */
    ANON_THP("anon-thp", true),
    /** Pages of the base size, of a memfd if they are mapped twice. Works everywhere; maps nothing huge. */
    SMALL("small", false),
    /**
     * Pages off the kernel's own map of memory, of a memfd_secret(2) file (Linux 5.14). For secrets only; no other
     * backing can take its place.
     */
    SECRET("secretmem", false);

    private final String label;
    private final boolean huge;

    Backing(String label, boolean huge) {
        this.label = label;
        this.huge = huge;
    }

    /** {@return the name in reports, errors and JSON, such as {@code shmem-thp}} */
    public String label() {
        return label;
    }

    /** {@return whether regions of this backing are meant to be mapped by one 2 MiB entry in every view} */
    public boolean isHuge() {
        return huge;
    }

    @Override
    public String toString() {
        return label;
    }
}
