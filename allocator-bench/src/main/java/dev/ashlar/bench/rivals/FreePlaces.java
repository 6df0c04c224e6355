package dev.ashlar.bench.rivals;

import java.util.Arrays;

/** Free places by size, a stack for each: what the floors hand out from. Nothing is checked; for one thread. */
final class FreePlaces {

    private static final int LOG2_GRANULE = 6;
    private static final long LARGEST_BLOCK_BYTES = 1 << 20;

    private final long[][] places = new long[sizeOf(LARGEST_BLOCK_BYTES) + 1][];
    private final int[] counts = new int[places.length];

    /** {@return the size of the place that a block takes, in granules} */
    private static int sizeOf(long byteSize) {
        return (int) ((byteSize + (1 << LOG2_GRANULE) - 1) >> LOG2_GRANULE);
    }

    /** {@return the bytes of the place that a block takes} */
    static long byteSizeOf(long byteSize) {
        return (long) sizeOf(byteSize) << LOG2_GRANULE;
    }

    /** {@return the address of the place for a block that was freed last, or 0 where there is none} */
    long take(long byteSize) {
        int size = sizeOf(byteSize);
        return counts[size] == 0 ? 0 : places[size][--counts[size]];
    }

    /** Takes the place of a block back. */
    void give(long address, long byteSize) {
        int size = sizeOf(byteSize);
        long[] stack = places[size];
        if (stack == null) {
            stack = new long[16];
        } else if (counts[size] == stack.length) {
            stack = Arrays.copyOf(stack, 2 * stack.length);
        }
        places[size] = stack;
        stack[counts[size]++] = address;
    }
}
