package dev.ashlar.bench.designs;

import java.util.BitSet;

/**
 * Which regions of a span are committed, by the same rules for every design: the lowest that will do is committed
 * first, and one empty region is kept so that a block freed and taken at a region's edge does not commit each time.
 */
final class Regions {

    private static final int RETAINED_COUNT = 1;

    private final int regionCount;
    private final BitSet committed;
    private final BitSet empty = new BitSet();
    private int committedCount;

    Regions(int regionCount) {
        this.regionCount = regionCount;
        this.committed = new BitSet(regionCount);
    }

    int regionCount() {
        return regionCount;
    }

    /**
     * Commits the lowest regions side by side that are not, for use at once.
     *
     * @return the first of them
     */
    int commit(int count) {
        int first = committed.nextClearBit(0);
        for (int end = committed.nextSetBit(first); end >= 0 && end - first < count;) {
            first = committed.nextClearBit(end);
            end = committed.nextSetBit(first);
        }
        if (first + count > regionCount) {
            throw new SpanFullException(regionCount, count);
        }
        committed.set(first, first + count);
        committedCount += count;
        return first;
    }

    /** Notes that a region that was empty is in use again. */
    void used(int region) {
        assert empty.get(region) : "region=" + region;
        empty.clear(region);
    }

    /** {@return whether a region that just became empty is to be kept; where not, it is released now} */
    boolean keepsEmpty(int region) {
        assert committed.get(region) && !empty.get(region) : "region=" + region;
        if (empty.cardinality() < RETAINED_COUNT) {
            empty.set(region);
            return true;
        }
        release(region, 1);
        return false;
    }

    /** Releases regions that were in use as a whole until now. */
    void release(int first, int count) {
        assert committed.nextClearBit(first) >= first + count : "first=" + first + " count=" + count;
        committed.clear(first, first + count);
        committedCount -= count;
    }

    /** {@return an empty region that is released now, or -1 where there is none} */
    int trimOne() {
        int region = empty.nextSetBit(0);
        if (region >= 0) {
            empty.clear(region);
            release(region, 1);
        }
        return region;
    }

    boolean isCommitted(int region) {
        return committed.get(region);
    }

    /** {@return the first committed region from here on, or -1} */
    int nextCommitted(int region) {
        return committed.nextSetBit(region);
    }

    int committedCount() {
        return committedCount;
    }

    long committedByteSize() {
        return (long) committedCount * PlacementDesign.REGION_BYTE_SIZE;
    }

    /** {@return stretches of committed regions: what the kernel shows as one mapping a view, where neighbours merge} */
    int stretchCount() {
        return stretchCount(committed);
    }

    static int stretchCount(BitSet bits) {
        int count = 0;
        for (int first = bits.nextSetBit(0); first >= 0; first = bits.nextSetBit(bits.nextClearBit(first))) {
            count++;
        }
        return count;
    }
}
