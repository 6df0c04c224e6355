package dev.ashlar.bench.designs;

/**
 * The range tree of the kernel's vmap areas inside huge regions: free ranges in order of address, a block is the front
 * of one that is long enough, a freed block is merged with its neighbours at once. A block may lie across the border of
 * two committed regions that stand side by side.
 */
final class RangeTreeDesign implements PlacementDesign {

    private final int log2Granule;
    private final int granulesPerRegion;
    private final Regions regions;
    private final FitOrder order;
    private final RangeTree free = new RangeTree();

    private RangeTreeDesign(int log2Granule, FitOrder order, int regionCount) {
        this.log2Granule = log2Granule;
        this.granulesPerRegion = REGION_BYTE_SIZE >> log2Granule;
        this.order = order;
        this.regions = new Regions(regionCount);
    }

    /** As the kernel has it: ranges of whole pages, the lowest first. */
    static RangeTreeDesign ofPages(int regionCount) {
        return new RangeTreeDesign(12, new FitOrder.FirstFit(), regionCount);
    }

    /** The same with granules of 64 bytes, which suit code of some hundred bytes. */
    static RangeTreeDesign ofGranules(int regionCount) {
        return new RangeTreeDesign(6, new FitOrder.FirstFit(), regionCount);
    }

    /** Granules of 64 bytes, the shortest range first. */
    static RangeTreeDesign bestFit(int regionCount) {
        return new RangeTreeDesign(6, new FitOrder.BestFit(), regionCount);
    }

    @Override
    public long allocate(long byteSize) {
        int granules = granules(byteSize);
        int node = order.choose(free, granules);
        if (node == RangeTree.NONE) {
            return takeWithFreshRegions(granules) << log2Granule;
        }
        long start = free.start(node);
        noteUsed(regionFrom(start), Math.min(regionOf(end(node)), regionFrom(start + granules)));
        takeFront(node, granules);
        return start << log2Granule;
    }

    private long takeWithFreshRegions(int granules) {
        int count = Math.ceilDiv(granules, granulesPerRegion);
        int first = regions.commit(count);
        // Merged with what is free at the end of the regions before, the range starts there, and so does the block.
        int node = merge((long) first * granulesPerRegion, count * granulesPerRegion);
        long start = free.start(node);
        int endTouched = regionFrom(start + granules);
        noteUsed(regionFrom(start), Math.min(first, endTouched));
        takeFront(node, granules);
        for (int region = Math.max(first, endTouched); region < first + count; region++) {
            settleEmpty(region);
        }
        return start;
    }

    private void noteUsed(int firstRegion, int endRegion) {
        for (int region = firstRegion; region < endRegion; region++) {
            regions.used(region);
        }
    }

    @Override
    public void free(long offset, long byteSize) {
        int granules = granules(byteSize);
        long start = offset >>> log2Granule;
        int node = merge(start, granules);
        int firstWhole = Math.max(regionOf(start), regionFrom(free.start(node)));
        int endWhole = Math.min(regionFrom(start + granules), regionOf(end(node)));
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

    private void takeFront(int node, int granules) {
        long start = free.start(node);
        int length = free.length(node);
        order.removed(start, length);
        free.takeFront(node, granules);
        if (granules < length) {
            order.added(start + granules, length - granules);
        }
    }

    private int merge(long from, int granules) {
        int node = free.merge(from, granules);
        long start = free.start(node);
        if (start < from) {
            order.removed(start, (int) (from - start));
        }
        if (end(node) > from + granules) {
            order.removed(from + granules, (int) (end(node) - from - granules));
        }
        order.added(start, free.length(node));
        return node;
    }

    private void cut(int region) {
        long from = (long) region * granulesPerRegion;
        long to = from + granulesPerRegion;
        int node = free.floor(from);
        long start = free.start(node);
        long end = end(node);
        order.removed(start, free.length(node));
        free.cut(node, from, to);
        if (start < from) {
            order.added(start, (int) (from - start));
        }
        if (to < end) {
            order.added(to, (int) (end - to));
        }
    }

    private int granules(long byteSize) {
        return Math.toIntExact((byteSize + (1L << log2Granule) - 1) >>> log2Granule);
    }

    private long end(int node) {
        return free.start(node) + free.length(node);
    }

    /** {@return the region in which a granule lies} */
    private int regionOf(long granule) {
        return (int) (granule / granulesPerRegion);
    }

    /** {@return the first region that begins at a granule or behind it} */
    private int regionFrom(long granule) {
        return (int) Math.ceilDiv(granule, granulesPerRegion);
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
            long wholePages = end(node) / granulesPerPage - Math.ceilDiv(free.start(node), granulesPerPage);
            heldPages -= Math.max(0, wholePages);
        }
        return new Footprint(heldPages * PAGE_BYTE_SIZE, committedByteSize(), regions.committedCount(),
                regions.stretchCount(), free.metadataByteSize() + order.metadataByteSize());
    }

    @Override
    public void checkInvariants() {
        free.checkInvariants(1);
        order.checkInvariants(free);
    }
}
