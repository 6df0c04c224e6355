package dev.ashlar.bench.rangetree;

import java.util.BitSet;

/**
 * The regions of a span that are committed. The lowest free ones are committed first, and one empty region stays
 * committed, so that freeing and taking a block at a region's edge does not commit memory each time.
 */
final class CommittedRegions {

    private static final int RETAINED_COUNT = 1;

    private final int regionCount;
    private final BitSet committed;
    private final BitSet empty = new BitSet();

    CommittedRegions(int regionCount) {
        this.regionCount = regionCount;
        this.committed = new BitSet(regionCount);
    }

    /**
     * Commits the lowest {@code count} adjacent regions that are free.
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
        return first;
    }

    /** Records that an empty region has a block again. */
    void markUsed(int region) {
        assert empty.get(region) : "region=" + region;
        empty.clear(region);
    }

    /** Keeps a region that has just become empty, or releases it. {@return whether it is kept} */
    boolean keepsEmpty(int region) {
        assert committed.get(region) && !empty.get(region) : "region=" + region;
        if (empty.cardinality() < RETAINED_COUNT) {
            empty.set(region);
            return true;
        }
        committed.clear(region);
        return false;
    }

    /** {@return an empty region that is released now, or -1 if there is none} */
    int trimOne() {
        int region = empty.nextSetBit(0);
        if (region >= 0) {
            empty.clear(region);
            committed.clear(region);
        }
        return region;
    }

    int count() {
        return committed.cardinality();
    }
}
