package dev.ashlar.bench.rangetree;

/**
 * Places blocks in a span with a {@link RangeTree} of its free ranges. A block takes the front of the lowest range that
 * is long enough; a freed block merges with its neighbors at once. A block may cross the border between two adjacent
 * committed regions.
 */
public final class RangeTreePlacement {

    /** Bytes of a region, the unit of commit and release. */
    static final int REGION_BYTE_SIZE = 1 << 21;

    /** Places are multiples of 64 bytes: code of a few hundred bytes would waste most of a page. */
    private static final int LOG2_GRANULE = 6;
    private static final int GRANULES_PER_REGION = REGION_BYTE_SIZE >> LOG2_GRANULE;

    private final CommittedRegions regions;
    private final RangeTree free = new RangeTree();

    /**
     * Makes an empty span.
     *
     * @param byteSize bytes of the span, a multiple of 2 MiB
     */
    public RangeTreePlacement(long byteSize) {
        this.regions = new CommittedRegions((int) (byteSize / REGION_BYTE_SIZE));
    }

    /**
     * Takes a place.
     *
     * @param byteSize bytes, at least 1
     * @return its offset in the span
     * @throws SpanFullException if no place is left and no region to commit
     */
    public long allocate(long byteSize) {
        int granules = granules(byteSize);
        int node = free.firstFit(granules);
        if (node == RangeTree.NONE) {
            return takeWithFreshRegions(granules) << LOG2_GRANULE;
        }
        long start = free.start(node);
        markUsed(regionFrom(start), Math.min(regionOf(free.end(node)), regionFrom(start + granules)));
        free.takeFront(node, granules);
        return start << LOG2_GRANULE;
    }

    private long takeWithFreshRegions(int granules) {
        int count = Math.ceilDiv(granules, GRANULES_PER_REGION);
        int first = regions.commit(count);
        // If the region before ends with a free range, the merged range starts there, and so does the block.
        int node = free.merge((long) first * GRANULES_PER_REGION, count * GRANULES_PER_REGION);
        long start = free.start(node);
        int endTouched = regionFrom(start + granules);
        markUsed(regionFrom(start), Math.min(first, endTouched));
        free.takeFront(node, granules);
        for (int region = Math.max(first, endTouched); region < first + count; region++) {
            keepOrCut(region);
        }
        return start;
    }

    private void markUsed(int firstRegion, int endRegion) {
        for (int region = firstRegion; region < endRegion; region++) {
            regions.markUsed(region);
        }
    }

    /** Gives a place back. Pre: {@code allocate(byteSize)} returned {@code offset}, and it was not freed since. */
    public void free(long offset, long byteSize) {
        int granules = granules(byteSize);
        long start = offset >>> LOG2_GRANULE;
        int node = free.merge(start, granules);
        int firstWhole = Math.max(regionOf(start), regionFrom(free.start(node)));
        int endWhole = Math.min(regionFrom(start + granules), regionOf(free.end(node)));
        for (int region = firstWhole; region < endWhole; region++) {
            keepOrCut(region);
        }
    }

    /** Keeps an empty region committed, or takes it out of the tree. */
    private void keepOrCut(int region) {
        if (!regions.keepsEmpty(region)) {
            cut(region);
        }
    }

    private void cut(int region) {
        long from = (long) region * GRANULES_PER_REGION;
        free.cut(free.floor(from), from, from + GRANULES_PER_REGION);
    }

    private static int granules(long byteSize) {
        return Math.toIntExact((byteSize + (1L << LOG2_GRANULE) - 1) >>> LOG2_GRANULE);
    }

    private static int regionOf(long granule) {
        return (int) (granule / GRANULES_PER_REGION);
    }

    /** {@return the first region that begins at or after a granule} */
    private static int regionFrom(long granule) {
        return (int) Math.ceilDiv(granule, GRANULES_PER_REGION);
    }

    /** Releases each region that has no block. */
    public void trim() {
        for (int region = regions.trimOne(); region >= 0; region = regions.trimOne()) {
            cut(region);
        }
    }

    /** {@return bytes of the regions that are committed} */
    public long committedByteSize() {
        return (long) regions.count() * REGION_BYTE_SIZE;
    }

    void checkInvariants() {
        free.checkInvariants();
    }
}
