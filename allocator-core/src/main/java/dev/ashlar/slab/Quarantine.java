package dev.ashlar.slab;

/**
 * Freed code on its way to be used again, first in first out. It is overwritten with traps when it leaves, not when it
 * comes: a write to instructions that were executed a moment ago stops the processor for 25 to 45 ns (x86-64 watches
 * for self-modifying code in its instruction cache), and after some dozens of other blocks it no longer does. Figures
 * in {@code docs/reuse-order.md}.
 *
 * <p>Not thread-safe.
 */
final class Quarantine {
    /** More blocks than share the instruction cache with what runs now. */
    static final int LENGTH = 64;

    /** What may wait, in bytes. */
    static final int LARGEST_BYTE_SIZE = 64 * 1024;

    /** Two numbers a block: where it lies, then what magazines name it by above its kind, half and half. */
    private final long[] entries = new long[2 * LENGTH];

    private int oldest;
    private int count;
    private int byteSize;

    /** Takes a block in. Pre: {@link #isFull()} is false. */
    void enter(long offset, int round, int kind) {
        int index = (oldest + 2 * count) & (2 * LENGTH - 2);
        entries[index] = offset;
        entries[index + 1] = (long) round << Integer.SIZE | kind;
        count++;
        byteSize += Magazines.byteSizeOf(kind);
    }

    boolean isFull() {
        return count == LENGTH || byteSize > LARGEST_BYTE_SIZE;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** {@return where the block lies that has waited longest, still inside} Pre: there is one. */
    long oldestOffset() {
        return entries[oldest];
    }

    /** {@return its name, which {@link #roundOf} and {@link #kindOf} read} */
    long oldestName() {
        return entries[oldest + 1];
    }

    static int roundOf(long name) {
        return (int) (name >>> Integer.SIZE);
    }

    static int kindOf(long name) {
        return (int) name;
    }

    /**
     * Lets the oldest go.
     *
     * @param oldestByteSize its bytes
     */
    void leave(int oldestByteSize) {
        byteSize -= oldestByteSize;
        oldest = (oldest + 2) & (2 * LENGTH - 2);
        count--;
    }

    int byteSize() {
        return byteSize;
    }

    long metadataByteSize() {
        return 32 + 16 + 16L * LENGTH;
    }
}
