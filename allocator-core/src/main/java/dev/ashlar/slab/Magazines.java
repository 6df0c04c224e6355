package dev.ashlar.slab;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Blocks that an owner freed recently, kept for reuse: a short stack for each size, after Bonwick and Adams, "Magazines
 * and Vmem" (USENIX 2001). A block in here is parked in its run: not live, and not free for another use.
 *
 * <p>Holds numbers, not references, so that a push is one store of an {@code int}. The owner holds the array itself,
 * without an object in between, because every allocation waits for this chain of loads. Not thread-safe.
 */
final class Magazines {
    /** Bytes of the largest block that has a kind. */
    static final int LARGEST_BYTE_SIZE = BlockStore.LARGEST_PACKED_BYTE_SIZE;

    /** Bytes of the largest block that a stack takes. */
    private static final int LARGEST_STACKED_BYTE_SIZE = 4096;

    private static final int LOG2_STRIDE = 4;
    private static final int LARGEST_DEPTH = (1 << LOG2_STRIDE) - 1;
    private static final int LEAST_DEPTH = 8;
    private static final int BYTES_PER_KIND = 16 * 1024;
    private static final int LOG2_POSITION_COUNT = 10;
    private static final int LARGEST_RUN_NUMBER = Integer.MAX_VALUE >>> LOG2_POSITION_COUNT;

    private static final int SLOT_KIND_COUNT = BlockStore.LARGEST_SLOT_BYTE_SIZE / SizeClasses.QUANTUM;
    /** Granules of the smallest packed block that is parked: one more than the largest slot has. */
    private static final int LEAST_GRANULE_COUNT = PackedRun.granuleCount(BlockStore.LARGEST_SLOT_BYTE_SIZE + 1);

    private static final int LOG2_QUANTA_PER_GRANULE = PackedRun.LOG2_GRANULE_BYTE_SIZE - SizeClasses.LOG2_QUANTUM;
    /** The kind that a block of one granule would have. */
    private static final int FIRST_PACKED_KIND = SLOT_KIND_COUNT + 1 - LEAST_GRANULE_COUNT;

    static final int KIND_COUNT =
            SLOT_KIND_COUNT + PackedRun.granuleCount(LARGEST_BYTE_SIZE) - LEAST_GRANULE_COUNT + 1;

    /** Kinds that have a stack. */
    private static final int STACKED_KIND_COUNT =
            SLOT_KIND_COUNT + PackedRun.granuleCount(LARGEST_STACKED_BYTE_SIZE) - LEAST_GRANULE_COUNT + 1;

    /** A table instead of a computation, for the same reason as in {@link #kindFor}. */
    private static final int[] BYTE_SIZES = byteSizes();

    /** The capacity of a stack, by kind. */
    private static final byte[] DEPTHS = depths();

    private Magazines() {}

    /** {@return empty stacks, one after the other; the first number of each is its height} */
    static int[] empty() {
        return new int[STACKED_KIND_COUNT << LOG2_STRIDE];
    }

    /** Empties all stacks. */
    static void clear(int[] stacks) {
        Arrays.fill(stacks, 0);
    }

    private static byte[] depths() {
        byte[] depths = new byte[STACKED_KIND_COUNT];
        for (int kind = 0; kind < STACKED_KIND_COUNT; kind++) {
            depths[kind] = (byte) Math.clamp(BYTES_PER_KIND / byteSize(kind), LEAST_DEPTH, LARGEST_DEPTH);
        }
        return depths;
    }

    /** {@return the kind of a block of a run, or -1 if it has none because it is an unusually small packed block} */
    @SuppressWarnings("ShortCircuitBoolean") // avoids one of two unpredictable branches
    static int kindOf(CutRun run, int byteSize) {
        boolean isSmallForPacked = run.isPacked & byteSize <= BlockStore.LARGEST_SLOT_BYTE_SIZE;
        return isSmallForPacked ? -1 : kindFor(byteSize);
    }

    /** {@return the kind of a block for {@code byteSize} bytes, 1 to {@link #LARGEST_BYTE_SIZE}} */
    static int kindFor(int byteSize) {
        // The minimum without a branch: the processor cannot predict whether a size is a slot's.
        int quanta = (byteSize - 1) >>> SizeClasses.LOG2_QUANTUM;
        return Math.min(quanta, (quanta >>> LOG2_QUANTA_PER_GRANULE) + FIRST_PACKED_KIND);
    }

    static boolean isSlot(int kind) {
        return kind < SLOT_KIND_COUNT;
    }

    /** {@return bytes of a block of a kind} */
    static int byteSizeOf(int kind) {
        return BYTE_SIZES[kind];
    }

    private static int[] byteSizes() {
        return IntStream.range(0, KIND_COUNT).map(Magazines::byteSize).toArray();
    }

    private static int byteSize(int kind) {
        return isSlot(kind)
                ? (kind + 1) * SizeClasses.QUANTUM
                : (kind - SLOT_KIND_COUNT + LEAST_GRANULE_COUNT) << PackedRun.LOG2_GRANULE_BYTE_SIZE;
    }

    static int runNumber(int round) {
        return round >>> LOG2_POSITION_COUNT;
    }

    static int position(int round) {
        return round & ((1 << LOG2_POSITION_COUNT) - 1);
    }

    /** {@return the round of a run's first position, or -1 if the run's number is too large} */
    static int firstRound(int runNumber) {
        return runNumber <= LARGEST_RUN_NUMBER ? runNumber << LOG2_POSITION_COUNT : -1;
    }

    /** {@return whether the block was pushed} */
    static boolean push(int[] stacks, int kind, int round) {
        if (kind >= STACKED_KIND_COUNT) {
            return false;
        }
        int base = kind << LOG2_STRIDE;
        int top = stacks[base] + 1;
        if (top > DEPTHS[kind]) {
            return false;
        }
        stacks[base + top] = round;
        stacks[base] = top;
        return true;
    }

    /** {@return the last block pushed of this kind, or -1} */
    static int pop(int[] stacks, int kind) {
        if (kind >= STACKED_KIND_COUNT) {
            return -1;
        }
        int base = kind << LOG2_STRIDE;
        int top = stacks[base];
        if (top == 0) {
            return -1;
        }
        stacks[base] = top - 1;
        return stacks[base + top];
    }

    /** {@return bytes of the blocks in the stacks} */
    static long byteSize(int[] stacks) {
        long byteSize = 0;
        for (int kind = 0; kind < STACKED_KIND_COUNT; kind++) {
            byteSize += (long) stacks[kind << LOG2_STRIDE] * byteSizeOf(kind);
        }
        return byteSize;
    }

    static long metadataByteSize(int[] stacks) {
        return 16 + 16 + 4L * stacks.length;
    }
}
