package dev.ashlar.slab;

/**
 * The slot sizes of slabs: multiples of 16 bytes up to 256 bytes, then sixteen sizes per doubling, so that rounding
 * wastes at most 15 bytes of small blocks and 1/16 of larger ones.
 *
 * <p>A pure function of the size; the caller chooses the largest class.
 */
final class SizeClasses {
    /** Every slot size and slot address is a multiple of this. */
    static final int QUANTUM = 16;

    static final int LOG2_QUANTUM = 4;
    private static final int LOG2_CLASSES_PER_DOUBLING = 4;
    private static final int LINEAR_CLASS_COUNT = 1 << LOG2_CLASSES_PER_DOUBLING;

    private SizeClasses() {}

    /** {@return the class with the smallest slots that hold {@code byteSize} bytes} */
    static int indexOf(int byteSize) {
        assert byteSize >= 1 : "byteSize=" + byteSize;
        int quanta = (byteSize + QUANTUM - 1) >>> LOG2_QUANTUM;
        if (quanta <= LINEAR_CLASS_COUNT) {
            return quanta - 1;
        }
        int doubling = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(quanta - 1) - LOG2_CLASSES_PER_DOUBLING;
        int step = ((quanta - 1) >>> doubling) - LINEAR_CLASS_COUNT;
        return LINEAR_CLASS_COUNT + (doubling << LOG2_CLASSES_PER_DOUBLING) + step;
    }

    /** {@return the slot size of a class} */
    static int slotByteSize(int index) {
        assert index >= 0 : "index=" + index;
        if (index < LINEAR_CLASS_COUNT) {
            return (index + 1) << LOG2_QUANTUM;
        }
        int doubling = (index >>> LOG2_CLASSES_PER_DOUBLING) - 1;
        int step = index & (LINEAR_CLASS_COUNT - 1);
        return ((LINEAR_CLASS_COUNT + step + 1) << doubling) << LOG2_QUANTUM;
    }
}
