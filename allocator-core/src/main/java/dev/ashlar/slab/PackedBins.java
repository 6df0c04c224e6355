package dev.ashlar.slab;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Packed runs by the length of their longest free stretch, one list per length: finds the shortest sufficient one
 * (Temeraire's rule) in constant time. Not thread-safe.
 */
final class PackedBins {
    private final RunLists lists;
    final long[] occupied = new long[PackedRuns.GRANULE_COUNT / Long.SIZE + 1];
    private final PackedRuns packed;

    PackedBins(PackedRuns packed) {
        this.packed = packed;
        this.lists = new RunLists(packed.lines, PackedRuns.GRANULE_COUNT + 1);
    }

    void add(int firstPage) {
        int length = packed.longestFree(firstPage);
        lists.add(length, firstPage);
        occupied[length >> 6] |= 1L << length;
    }

    /** Removes a run from the list of {@code length}, its longest free stretch when it was added. */
    void remove(int firstPage, int length) {
        lists.remove(length, firstPage);
        if (lists.first(length) < 0) {
            occupied[length >> 6] &= ~(1L << length);
        }
    }

    /** {@return a run with the longest free stretch, or {@link RunLists#NONE}} */
    int longest() {
        int word = occupied.length - 1;
        while (word >= 0 && occupied[word] == 0) {
            word--;
        }
        return word < 0
                ? RunLists.NONE
                : lists.first((word << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(occupied[word]));
    }

    /** {@return a run with the shortest longest free stretch of at least {@code length}, or {@link RunLists#NONE}} */
    int choose(int length) {
        long mask = -1L << length;
        for (int word = length >> 6; word < occupied.length; word++) {
            long bits = occupied[word] & mask;
            if (bits != 0) {
                return lists.first((word << 6) + Long.numberOfTrailingZeros(bits));
            }
            mask = -1L;
        }
        return RunLists.NONE;
    }

    /** Forgets all runs. */
    void clear() {
        lists.clear();
        Arrays.fill(occupied, 0);
    }

    /** {@return the packed runs in these lists, after checking the lists, links and bits} */
    int[] checked() {
        IntStream.Builder all = IntStream.builder();
        for (int length = 0; length < lists.count(); length++) {
            boolean isMarked = ((occupied[length >> 6] >>> length) & 1) != 0;
            int[] runs = lists.checked(length);
            if (isMarked != runs.length > 0) {
                throw new IllegalStateException("packed bins: length=" + length + " marked=" + isMarked);
            }
            for (int run : runs) {
                if (packed.longestFree(run) != length) {
                    throw new IllegalStateException("packed run at page " + run + " is wrong in list " + length);
                }
                all.add(run);
            }
        }
        return all.build().toArray();
    }

    long metadataByteSize() {
        return 32 + lists.metadataByteSize() + 16 + 8L * occupied.length;
    }
}
