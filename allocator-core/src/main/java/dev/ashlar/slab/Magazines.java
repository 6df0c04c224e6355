package dev.ashlar.slab;

import java.util.Arrays;

/**
 * Blocks that an owner freed recently, kept for reuse: a short stack of offsets for each size class, after Bonwick and
 * Adams, "Magazines and Vmem" (USENIX 2001). A block in here is parked: not live, and not free for another use.
 *
 * <p>The owner holds the array itself, without an object in between, because every allocation waits for this chain of
 * loads. Not thread-safe.
 */
final class Magazines {
    private static final int LOG2_STRIDE = 5;

    /** Bytes of the largest block that a stack takes. */
    static final int LARGEST_BYTE_SIZE = 4096;

    private static final int LARGEST_DEPTH = (1 << LOG2_STRIDE) - 1;
    private static final int LEAST_DEPTH = 8;
    private static final int BYTES_PER_CLASS = 32 * 1024;

    /** Size classes that have a stack: the first ones. */
    static final int CLASS_COUNT = SizeClasses.of(LARGEST_BYTE_SIZE) + 1;

    /** The capacity of a stack, by size class; 0 for the classes that have none. */
    private static final byte[] DEPTHS = depths();

    private Magazines() {}

    /** {@return empty stacks, one after the other; the first number of each is its height} */
    static long[] empty() {
        return new long[CLASS_COUNT << LOG2_STRIDE];
    }

    private static byte[] depths() {
        byte[] depths = new byte[SizeClasses.COUNT];
        for (int sizeClass = 0; sizeClass < CLASS_COUNT; sizeClass++) {
            depths[sizeClass] =
                    (byte) Math.clamp(BYTES_PER_CLASS / SizeClasses.byteSize(sizeClass), LEAST_DEPTH, LARGEST_DEPTH);
        }
        return depths;
    }

    /** {@return the index of the height of a stack; the blocks follow it} */
    static int stackOf(int sizeClass) {
        return sizeClass << LOG2_STRIDE;
    }

    /** {@return blocks that a stack of a class may hold} */
    static int depth(int sizeClass) {
        return DEPTHS[sizeClass];
    }

    /** Empties all stacks. */
    static void clear(long[] stacks) {
        Arrays.fill(stacks, 0);
    }

    /** {@return the last block pushed of this class, or -1} */
    static long pop(long[] stacks, int sizeClass) {
        int base = stackOf(sizeClass);
        int height = (int) stacks[base];
        if (height == 0) {
            return -1;
        }
        stacks[base] = height - 1L;
        return stacks[base + height];
    }

    /** {@return bytes of the blocks in the stacks} */
    static long byteSize(long[] stacks) {
        long byteSize = 0;
        for (int sizeClass = 0; sizeClass < CLASS_COUNT; sizeClass++) {
            byteSize += stacks[stackOf(sizeClass)] * SizeClasses.byteSize(sizeClass);
        }
        return byteSize;
    }

    static long metadataByteSize(long[] stacks) {
        return 16 + 8L * stacks.length;
    }
}
