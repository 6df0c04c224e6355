package dev.ashlar.slab;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packed runs by the length of their longest free stretch, one list per length: finds the shortest sufficient one
 * (Temeraire's rule) in constant time. Not thread-safe.
 */
final class PackedBins {
    private final @Nullable PackedRun[] head = new PackedRun[PackedRun.GRANULE_COUNT + 1];
    final long[] occupied = new long[PackedRun.GRANULE_COUNT / Long.SIZE + 1];

    void add(PackedRun run) {
        int length = run.longestFree();
        PackedRun second = head[length];
        run.previous = null;
        run.next = second;
        if (second != null) {
            second.previous = run;
        }
        head[length] = run;
        occupied[length >> 6] |= 1L << length;
    }

    /** Removes a run from the list of {@code length}, its longest free stretch when it was added. */
    void remove(PackedRun run, int length) {
        CutRun next = run.next;
        CutRun previous = run.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            head[length] = (PackedRun) next;
            if (next == null) {
                occupied[length >> 6] &= ~(1L << length);
            }
        }
        run.next = null;
        run.previous = null;
    }

    /** {@return a run with the shortest longest free stretch of at least {@code length} granules, or null} */
    @Nullable PackedRun choose(int length) {
        long mask = -1L << length;
        for (int word = length >> 6; word < occupied.length; word++) {
            long bits = occupied[word] & mask;
            if (bits != 0) {
                return head[(word << 6) + Long.numberOfTrailingZeros(bits)];
            }
            mask = -1L;
        }
        return null;
    }

    /** {@return the number of packed runs in these lists, after checking the lists, links and bits} */
    List<PackedRun> checked() {
        List<PackedRun> runs = new ArrayList<>();
        for (int length = 0; length < head.length; length++) {
            boolean isMarked = ((occupied[length >> 6] >>> length) & 1) != 0;
            if (isMarked != (head[length] != null)) {
                throw new IllegalStateException("packed bins: length=" + length + " marked=" + isMarked);
            }
            CutRun previous = null;
            for (CutRun run = head[length]; run != null; run = run.next) {
                if (((PackedRun) run).longestFree() != length || run.pageCount() == 0 || run.previous != previous) {
                    throw new IllegalStateException("packed run " + run.number + " is wrong in list " + length);
                }
                previous = run;
                runs.add((PackedRun) run);
            }
        }
        return runs;
    }

    long metadataByteSize() {
        return 64 + 4L * head.length + 8L * occupied.length;
    }
}
