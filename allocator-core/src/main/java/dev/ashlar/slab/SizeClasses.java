package dev.ashlar.slab;

import java.util.stream.IntStream;

/**
 * The sizes of blocks that do not take whole pages: slots of 16 to 256 bytes in steps of 16, then packed blocks of 5 to
 * 256 granules of 64 bytes. A pure function of the size.
 */
final class SizeClasses {
    /** Every slot size and block address is a multiple of this. */
    static final int QUANTUM = 16;

    static final int LOG2_QUANTUM = 4;

    /** Bytes of the largest slot. */
    static final int LARGEST_SLOT_BYTE_SIZE = 256;

    /** Bytes of the largest packed block. */
    static final int LARGEST_PACKED_BYTE_SIZE = 16 * 1024;

    /** Classes of slots, the first ones. */
    static final int SLOT_CLASS_COUNT = LARGEST_SLOT_BYTE_SIZE / QUANTUM;

    static final int LOG2_GRANULE_BYTE_SIZE = 6;
    static final int GRANULE_BYTE_SIZE = 1 << LOG2_GRANULE_BYTE_SIZE;

    /** Granules of the smallest packed block that has a class: one more than the largest slot has. */
    private static final int FIRST_GRANULE_COUNT = LARGEST_SLOT_BYTE_SIZE / GRANULE_BYTE_SIZE + 1;

    /** What to add to the granules of a packed block to get its class. */
    private static final int PACKED_CLASS_OFFSET = SLOT_CLASS_COUNT - FIRST_GRANULE_COUNT;

    static final int COUNT = PACKED_CLASS_OFFSET + LARGEST_PACKED_BYTE_SIZE / GRANULE_BYTE_SIZE + 1;

    /** A table, because a branch on the kind of class would be unpredictable. */
    private static final int[] BYTE_SIZES =
            IntStream.range(0, COUNT).map(SizeClasses::computeByteSize).toArray();

    private SizeClasses() {}

    /** {@return the class of the smallest blocks that hold {@code byteSize} bytes, 1 to the largest packed block} */
    static int of(int byteSize) {
        // The minimum without a branch: the processor cannot predict whether a size is a slot's.
        int quanta = (byteSize - 1) >>> LOG2_QUANTUM;
        int granules = (quanta >>> (LOG2_GRANULE_BYTE_SIZE - LOG2_QUANTUM)) + 1;
        return Math.min(quanta, granules + PACKED_CLASS_OFFSET);
    }

    /** {@return the class of a packed block, or a number below {@link #SLOT_CLASS_COUNT} if it is too small for one} */
    static int ofGranules(int granuleCount) {
        return granuleCount + PACKED_CLASS_OFFSET;
    }

    static boolean isSlot(int sizeClass) {
        return sizeClass < SLOT_CLASS_COUNT;
    }

    /** {@return bytes of a block of a class} */
    static int byteSize(int sizeClass) {
        return BYTE_SIZES[sizeClass];
    }

    private static int computeByteSize(int sizeClass) {
        return isSlot(sizeClass)
                ? (sizeClass + 1) * QUANTUM
                : (sizeClass - PACKED_CLASS_OFFSET) << LOG2_GRANULE_BYTE_SIZE;
    }
}
