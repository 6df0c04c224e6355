package dev.ashlar.slab;

/**
 * Freed code on its way to be used again, first in first out. It is overwritten with traps when it leaves, not when it
 * comes: a write to instructions that were executed a moment ago stops the processor for 25 to 45 ns (x86-64 watches
 * for self-modifying code in its instruction cache), and after some dozens of other blocks it no longer does. Figures
 * in
 * {@code docs/reuse-order.md}.
 *
 * <p>Not thread-safe.
 */
final class Quarantine {
    /** More blocks than share the instruction cache with what runs now. */
    static final int LENGTH = 64;

    /** What may wait, in bytes. */
    static final int LARGEST_BYTE_SIZE = 64 * 1024;

    private final int[] rounds = new int[LENGTH];
    private final short[] kinds = new short[LENGTH];
    private int oldest;
    private int count;
    private int byteSize;

    /** Takes a block in. Pre: {@link #isFull()} is false. */
    void enter(int round, int kind) {
        int index = (oldest + count) & (LENGTH - 1);
        rounds[index] = round;
        kinds[index] = (short) kind;
        count++;
        byteSize += Magazines.byteSizeOf(kind);
    }

    boolean isFull() {
        return count == LENGTH || byteSize > LARGEST_BYTE_SIZE;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** {@return the block that has waited longest, still inside} Pre: there is one. */
    int oldestRound() {
        return rounds[oldest];
    }

    /** {@return its kind} */
    int oldestKind() {
        return kinds[oldest];
    }

    /** Lets the oldest go. */
    void leave() {
        byteSize -= Magazines.byteSizeOf(kinds[oldest]);
        oldest = (oldest + 1) & (LENGTH - 1);
        count--;
    }

    int byteSize() {
        return byteSize;
    }

    long metadataByteSize() {
        return 32 + 2 * 16 + 6L * LENGTH;
    }
}
