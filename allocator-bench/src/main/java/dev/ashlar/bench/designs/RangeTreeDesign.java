package dev.ashlar.bench.designs;

/**
 * The range tree of the kernel's vmap areas inside huge regions: free ranges in order of address, a block is the front
 * of the lowest that is long enough, a freed block is merged with its neighbours at once. A block may lie across the
 * border of two committed regions that stand side by side.
 */
final class RangeTreeDesign implements PlacementDesign {

    private final int log2Granule;
    private final int granulesPerRegion;
    private final Regions regions;
    private final RangeTree free = new RangeTree();

    private RangeTreeDesign(int log2Granule, int regionCount) {
        this.log2Granule = log2Granule;
        this.granulesPerRegion = REGION_BYTE_SIZE >> log2Granule;
        this.regions = new Regions(regionCount);
    }

    /** As the kernel has it: ranges of whole pages. */
    static RangeTreeDesign ofPages(int regionCount) {
        return new RangeTreeDesign(12, regionCount);
    }

    /** The same with granules that suit code of some hundred bytes. */
    static RangeTreeDesign ofGranules(int regionCount) {
        return new RangeTreeDesign(6, regionCount);
    }

    @Override
    public long allocate(long byteSize) {
        int granules = granules(byteSize);
        int node = free.firstFit(granules);
        int start;
        if (node == RangeTree.NONE) {
            start = takeWithFreshRegions(granules);
        } else {
            start = free.start(node);
            int firstWhole = Math.ceilDiv(start, granulesPerRegion);
            int endWhole = Math.min(end(node) / granulesPerRegion, endRegion(start, granules));
            for (int region = firstWhole; region < endWhole; region++) {
                regions.used(region);
            }
            free.takeFront(node, granules);
        }
        return (long) start << log2Granule;
    }

    private int takeWithFreshRegions(int granules) {
        int count = Math.ceilDiv(granules, granulesPerRegion);
        int first = regions.commit(count);
        // Merged with the free end of the region before, the range starts there, and so does the block.
        int node = free.merge(first * granulesPerRegion, count * granulesPerRegion);
        int start = free.start(node);
        free.takeFront(node, granules);
        for (int region = endRegion(start, granules); region < first + count; region++) {
            settleEmpty(region);
        }
        return start;
    }

    @Override
    public void free(long offset, long byteSize) {
        int granules = granules(byteSize);
        int start = (int) (offset >>> log2Granule);
        int node = free.merge(start, granules);
        int firstWhole = Math.max(start / granulesPerRegion, Math.ceilDiv(free.start(node), granulesPerRegion));
        int endWhole = Math.min(endRegion(start, granules), end(node) / granulesPerRegion);
        for (int region = firstWhole; region < endWhole; region++) {
            settleEmpty(region);
        }
    }

    /** Keeps a region that became empty, or takes it out of the tree. */
    private void settleEmpty(int region) {
        if (!regions.keepsEmpty(region)) {
            cut(region);
        }
    }

    private void cut(int region) {
        int from = region * granulesPerRegion;
        free.cut(free.floor(from), from, from + granulesPerRegion);
    }

    private int granules(long byteSize) {
        return Math.toIntExact((byteSize + (1L << log2Granule) - 1) >>> log2Granule);
    }

    private int end(int node) {
        return free.start(node) + free.length(node);
    }

    /** {@return the region behind the last that granules from a start on touch} */
    private int endRegion(int start, int granules) {
        return Math.ceilDiv(start + granules, granulesPerRegion);
    }

    @Override
    public void trim() {
        for (int region = regions.trimOne(); region >= 0; region = regions.trimOne()) {
            cut(region);
        }
    }

    @Override
    public long committedByteSize() {
        return regions.committedByteSize();
    }

    @Override
    public Footprint footprint() {
        int granulesPerPage = PAGE_BYTE_SIZE >> log2Granule;
        long heldPages = regions.committedByteSize() / PAGE_BYTE_SIZE;
        for (int node = free.first(); node != RangeTree.NONE; node = free.next(node)) {
            int wholePages = end(node) / granulesPerPage - Math.ceilDiv(free.start(node), granulesPerPage);
            heldPages -= Math.max(0, wholePages);
        }
        return new Footprint(heldPages * PAGE_BYTE_SIZE, committedByteSize(), regions.committedCount(),
                regions.stretchCount(), free.metadataByteSize());
    }

    void checkInvariants() {
        free.checkInvariants(1);
    }
}
