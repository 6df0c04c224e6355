package dev.ashlar.buddy;

import java.util.Arrays;

/**
 * The packing order: which committed region a run goes to. Regions stand in a bin by their largest free order; the
 * smallest sufficient order wins, then the fullest region, then the lowest address.
 *
 * <p>Bins are doubly linked lists threaded through arrays, so that moving a region between bins takes constant time
 * and no allocation. Not thread-safe.
 */
final class RegionBins {
    private static final int NONE = -1;
    private static final int BIN_COUNT = Buddy.MAX_ORDER + 1;

    private final int[] head = new int[BIN_COUNT];
    private final int[] next;
    private final int[] previous;
    private final byte[] bin;

    RegionBins(int regionCount) {
        next = new int[regionCount];
        previous = new int[regionCount];
        bin = new byte[regionCount];
        Arrays.fill(head, NONE);
        Arrays.fill(bin, (byte) NONE);
    }

    long metadataByteSize() {
        return 64 + head.length * 4L + next.length * 9L;
    }

    /** Puts a region where its largest free order says; -1 takes it out of every bin. */
    void update(int region, int largestFreeOrder) {
        int from = bin[region];
        if (from == largestFreeOrder) {
            return;
        }
        if (from != NONE) {
            unlink(region, from);
        }
        bin[region] = (byte) largestFreeOrder;
        if (largestFreeOrder != NONE) {
            int second = head[largestFreeOrder];
            next[region] = second;
            previous[region] = NONE;
            if (second != NONE) {
                previous[second] = region;
            }
            head[largestFreeOrder] = region;
        }
    }

    private void unlink(int region, int from) {
        if (previous[region] == NONE) {
            head[from] = next[region];
        } else {
            next[previous[region]] = next[region];
        }
        if (next[region] != NONE) {
            previous[next[region]] = previous[region];
        }
    }

    /** {@return the region that a run of {@code order} goes to, or -1 where no committed region can hold it} */
    int choose(int order, Buddy[] buddies) {
        for (int sufficient = order; sufficient < BIN_COUNT; sufficient++) {
            int best = NONE;
            for (int region = head[sufficient]; region != NONE; region = next[region]) {
                if (best == NONE || isBetter(region, best, buddies)) {
                    best = region;
                }
            }
            if (best != NONE) {
                return best;
            }
        }
        return NONE;
    }

    private static boolean isBetter(int region, int best, Buddy[] buddies) {
        int difference = buddies[region].freePageCount() - buddies[best].freePageCount();
        return difference < 0 || (difference == 0 && region < best);
    }

    int binOf(int region) {
        return bin[region];
    }
}
