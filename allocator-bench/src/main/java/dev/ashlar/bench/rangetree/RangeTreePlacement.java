package dev.ashlar.bench.rangetree;

import dev.ashlar.tool.memory.MemoryRefusedException;
import java.util.BitSet;

/**
 * Places blocks in a span with a {@link RangeTree} of its free ranges. A block takes the front of the lowest range that
 * is long enough; a freed block merges with its neighbors at once. A block may cross the border between two adjacent
 * committed regions.
 *
 * <p>The lowest free regions are committed first, and one empty region stays committed, so that freeing and allocating
 * a block at the border of a region does not commit memory each time.
 */
public final class RangeTreePlacement {

    /** Bytes of a region, the unit of commit and release. */
    static final int REGION_BYTE_SIZE = 1 << 21;

    /** Places are multiples of 64 bytes: code of a few hundred bytes would waste most of a page. */
    private static final int LOG2_GRANULE = 6;
    private static final int GRANULES_PER_REGION = REGION_BYTE_SIZE >> LOG2_GRANULE;
    private static final int NONE = -1;

    private final int regionCount;
    private final BitSet committed;
    private final RangeTree free = new RangeTree();
    private int emptyRegion = NONE;

    /** Makes an empty span of a multiple of 2 MiB. */
    public RangeTreePlacement(long byteSize) {
        this.regionCount = (int) (byteSize / REGION_BYTE_SIZE);
        this.committed = new BitSet(regionCount);
    }

    /**
     * Takes a place.
     *
     * @param byteSize bytes, at least 1
     * @return its offset in the span
     * @throws MemoryRefusedException if no place is left and no region to commit
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
        int first = commit(count);
        // If the region before ends with a free range, the merged range starts there, and so does the block.
        int node = free.merge((long) first * GRANULES_PER_REGION, count * GRANULES_PER_REGION);
        long start = free.start(node);
        int endTouched = regionFrom(start + granules);
        markUsed(regionFrom(start), Math.min(first, endTouched));
        free.takeFront(node, granules);
        keepOrRelease(Math.max(first, endTouched), first + count);
        return start;
    }

    /** Commits the lowest adjacent regions that are free. Returns the first of them. */
    private int commit(int count) {
        int first = committed.nextClearBit(0);
        for (int end = committed.nextSetBit(first); end >= 0 && end - first < count;) {
            first = committed.nextClearBit(end);
            end = committed.nextSetBit(first);
        }
        if (first + count > regionCount) {
            throw new MemoryRefusedException("range tree",
                    "the span is full: regions=" + regionCount + ", adjacent regions wanted=" + count);
        }
        committed.set(first, first + count);
        return first;
    }

    /** Records that regions which were free are not empty any more. */
    private void markUsed(int firstRegion, int endRegion) {
        if (firstRegion <= emptyRegion && emptyRegion < endRegion) {
            emptyRegion = NONE;
        }
    }

    /** Frees a place. Pre: {@code allocate(byteSize)} returned {@code offset}, and it was not freed since. */
    public void free(long offset, long byteSize) {
        int granules = granules(byteSize);
        long start = offset >>> LOG2_GRANULE;
        int node = free.merge(start, granules);
        keepOrRelease(Math.max(regionOf(start), regionFrom(free.start(node))),
                Math.min(regionFrom(start + granules), regionOf(free.end(node))));
    }

    /** Keeps one of these empty regions committed, if there is no other, and releases the rest. */
    private void keepOrRelease(int firstRegion, int endRegion) {
        for (int region = firstRegion; region < endRegion; region++) {
            if (emptyRegion == NONE) {
                emptyRegion = region;
            } else {
                release(region);
            }
        }
    }

    private void release(int region) {
        committed.clear(region);
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

    /** Releases the region without a block. */
    void trim() {
        if (emptyRegion != NONE) {
            release(emptyRegion);
            emptyRegion = NONE;
        }
    }

    /** {@return bytes of the regions that are committed} */
    long committedByteSize() {
        return (long) committed.cardinality() * REGION_BYTE_SIZE;
    }

    void checkInvariants() {
        free.checkInvariants();
    }
}
