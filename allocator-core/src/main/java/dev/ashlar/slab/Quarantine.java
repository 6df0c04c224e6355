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

    /**
     * The largest size class that waits, of 1 KiB. Larger blocks would have left the first-level data cache when they
     * are filled, which costs as much as the stop for 4 KiB, and more for more.
     */
    private static final int LARGEST_CLASS = SizeClasses.of(1024);

    private final long[] offsets = new long[LENGTH];
    private final short[] sizeClasses = new short[LENGTH];

    private int oldest;
    private int count;
    private int byteSize;

    /** {@return whether blocks of a size class wait here if they are held this way} */
    static boolean takes(int sizeClass, Holder holder) {
        return sizeClass <= LARGEST_CLASS && holder == Holder.ADDRESS;
    }

    /** Adds a block. Pre: {@link #isFull()} is false. */
    void enter(long offset, int sizeClass) {
        int more = SizeClasses.byteSize(sizeClass);
        int index = (oldest + count) & (LENGTH - 1);
        // No call from here on: an Error would leave the block half in.
        offsets[index] = offset;
        sizeClasses[index] = (short) sizeClass;
        byteSize += more;
        count++;
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
        return offsets[oldest];
    }

    /** {@return the size class of the oldest block; pre: there is one} */
    int oldestSizeClass() {
        return sizeClasses[oldest];
    }

    /** Removes the oldest block. */
    void leave() {
        byteSize -= SizeClasses.byteSize(sizeClasses[oldest]);
        oldest = (oldest + 1) & (LENGTH - 1);
        count--;
    }

    int byteSize() {
        return byteSize;
    }

    long metadataByteSize() {
        return 40 + 16 + 8L * LENGTH + 16 + 2L * LENGTH;
    }
}
