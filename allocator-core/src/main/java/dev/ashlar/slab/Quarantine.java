package dev.ashlar.slab;

/**
 * Freed code that waits before it is used again, first in first out. It is overwritten with traps when it leaves, not
 * when it enters: a write to recently executed instructions stops the processor for 25 to 45 ns (x86-64 detects
 * self-modifying code in its instruction cache); after some dozens of other blocks it does not. For figures see {@code
 * docs/reuse-order.md}.
 *
 * <p>Not thread-safe.
 */
final class Quarantine {
    /** More blocks than fit into the instruction cache with the code that runs now. */
    static final int LENGTH = 64;

    /** The largest number of bytes that may wait. */
    static final int LARGEST_BYTE_SIZE = 64 * 1024;

    /** Two numbers per block: its offset, then its round in the upper half and its kind in the lower. */
    private final long[] entries = new long[2 * LENGTH];

    private int oldest;
    private int count;
    private int byteSize;

    /** Adds a block. Pre: {@link #isFull()} is false. */
    void enter(long offset, int round, int kind) {
        int index = (oldest + 2 * count) & (2 * LENGTH - 2);
        int more = Magazines.byteSizeOf(kind);
        entries[index] = offset;
        entries[index + 1] = (long) round << Integer.SIZE | kind;
        count++;
        byteSize += more;
    }

    /** Forgets all blocks. */
    void clear() {
        count = 0;
        byteSize = 0;
    }

    boolean isFull() {
        return count == LENGTH || byteSize > LARGEST_BYTE_SIZE;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** {@return the offset of the oldest block, which stays inside; pre: there is one} */
    long oldestOffset() {
        return entries[oldest];
    }

    /** {@return the oldest block's name, which {@link #roundOf} and {@link #kindOf} decode} */
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
     * Removes the oldest block.
     *
     * @param oldestByteSize bytes of that block
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
