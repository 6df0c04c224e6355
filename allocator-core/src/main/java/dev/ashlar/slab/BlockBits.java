package dev.ashlar.slab;

import java.lang.invoke.VarHandle;

/**
 * What the lines say about the blocks of a run. A position is the number of a granule (or of a step of 16 or 32 bytes)
 * in an array of {@link Lines}; at most one block starts at each.
 *
 * <p>Words 0 and 1 of a line hold two bits for each of 32 positions. A bit of the lower half is set where a block
 * starts, live or parked. The bit of the upper half means that an object holds the block, if one starts there, and
 * otherwise that a packed block continues there. Both bits of a position are written by one store, so that a thread
 * that does not own the run but holds a block in it reads the size of the block correctly while the owner changes what
 * follows.
 */
final class BlockBits {
    static final int LOG2_POSITIONS_PER_LINE = 6;
    static final int POSITIONS_PER_LINE = 1 << LOG2_POSITIONS_PER_LINE;
    private static final int POSITIONS_PER_WORD = 32;
    private static final long STARTS = 0xffff_ffffL;

    private BlockBits() {}

    /** {@return the first word of the line of a position} */
    static int lineOf(int position) {
        return position >>> LOG2_POSITIONS_PER_LINE << Lines.LOG2_WORD_COUNT;
    }

    /** {@return the word with the two bits of a position, which are those of {@link #startBit}} */
    static int wordOf(int position) {
        return lineOf(position) + (position >>> 5 & 1);
    }

    /** {@return the word of the parked bit of a position, which is the bit of its number modulo 64} */
    static int parkedWordOf(int position) {
        return lineOf(position) + Lines.PARKED;
    }

    static long startBit(int position) {
        return 1L << (position & (POSITIONS_PER_WORD - 1));
    }

    /** {@return what a word holds for a block that starts at a position} */
    static long startBits(int position, Holder holder) {
        long heldBit = holder == Holder.OBJECT ? 1L << POSITIONS_PER_WORD : 0;
        return (heldBit | 1) << (position & (POSITIONS_PER_WORD - 1));
    }

    /** {@return whether a block starts at a position, live or parked} */
    static boolean isStart(long[] words, int position) {
        return (words[wordOf(position)] & startBit(position)) != 0;
    }

    static boolean isParked(long[] words, int position) {
        return (words[parkedWordOf(position)] >>> position & 1) != 0;
    }

    /** {@return whether a block starts at a position and is not parked, marked or not} */
    static boolean isLive(long[] words, int position) {
        return isStart(words, position) && !isParked(words, position);
    }

    /** {@return how the block that starts at a position is held} */
    static Holder holder(long[] words, int position) {
        long word = words[wordOf(position)];
        return (word >>> POSITIONS_PER_WORD & startBit(position)) == 0 ? Holder.ADDRESS : Holder.OBJECT;
    }

    /** {@return whether a block that is held this way starts at a position, and is neither parked nor marked} */
    static boolean isFreeable(long[] words, int position, Holder holder) {
        int line = lineOf(position);
        int half = position >>> 5 & 1;
        int bit = position & (POSITIONS_PER_WORD - 1);
        long gone = words[line + Lines.MARKS + half] >>> bit | words[line + Lines.PARKED] >>> position;
        // The start bit of a block is cleared before the other two.
        VarHandle.loadLoadFence();
        long word = words[line + half] >>> bit;
        long held = holder == Holder.OBJECT ? 1 : 0;
        // One branch instead of four.
        return ((~word | gone | word >>> POSITIONS_PER_WORD ^ held) & 1) == 0;
    }

    /** {@return a bit for each block that starts in a line} */
    static long starts(long[] words, int line) {
        return words[line] & STARTS | words[line + 1] << POSITIONS_PER_WORD;
    }

    private static long seconds(long[] words, int line) {
        return words[line] >>> POSITIONS_PER_WORD | words[line + 1] & ~STARTS;
    }

    /** {@return a bit for each position of a line that a packed block covers} */
    static long occupied(long[] words, int line) {
        return starts(words, line) | seconds(words, line);
    }

    /** {@return a bit for each position of a line that the block before does not continue} */
    private static long ends(long[] words, int line) {
        return starts(words, line) | ~seconds(words, line);
    }

    /**
     * {@return the position after the packed block that starts at {@code first}} Without a branch for blocks up to 4
     * KiB: the processor cannot predict whether a block ends in its first line.
     */
    static int endOf(long[] words, int first) {
        int line = lineOf(first);
        long ends = ends(words, line) & -2L << first;
        long endsInNext = ends(words, line + Lines.WORD_COUNT);
        if ((ends | endsInNext) == 0) {
            return endOfLong(words, line + 2 * Lines.WORD_COUNT);
        }
        int inLine = Long.numberOfTrailingZeros(ends);
        return positionAt(line) + inLine + (Long.numberOfTrailingZeros(endsInNext) & -(inLine >>> 6));
    }

    private static int endOfLong(long[] words, int from) {
        int line = from;
        while (ends(words, line) == 0) {
            line += Lines.WORD_COUNT;
        }
        return positionAt(line) + Long.numberOfTrailingZeros(ends(words, line));
    }

    /** {@return whether no packed block covers a position} */
    static boolean isFree(long[] words, int position) {
        long word = words[wordOf(position)];
        return ((word | word >>> POSITIONS_PER_WORD) & startBit(position)) == 0;
    }

    /** {@return 0 if the positions before and after a packed block are occupied; 1 if one is free, or may be} */
    static int freeBeside(long[] words, int first, int end) {
        int before = Math.max(0, first - 1);
        long wordBefore = words[wordOf(before)] >>> (before & 31);
        long wordBehind = words[wordOf(end)] >>> (end & 31);
        long occupied = (wordBefore | wordBefore >>> POSITIONS_PER_WORD) & (wordBehind | wordBehind >>> POSITIONS_PER_WORD);
        return (int) ~occupied & 1;
    }

    private static int positionAt(int line) {
        return line >>> Lines.LOG2_WORD_COUNT << LOG2_POSITIONS_PER_LINE;
    }

    /** {@return the first occupied position from {@code from} on, or {@code end} if there is none before} */
    static int nextOccupied(long[] words, int from, int end) {
        long mask = -1L << from;
        for (int line = lineOf(from); positionAt(line) < end; line += Lines.WORD_COUNT) {
            long occupied = occupied(words, line) & mask;
            if (occupied != 0) {
                return Math.min(end, positionAt(line) + Long.numberOfTrailingZeros(occupied));
            }
            mask = -1;
        }
        return end;
    }

    /** {@return the position after the last occupied one below {@code before}, or {@code first} if there is none} */
    static int previousOccupiedEnd(long[] words, int before, int first) {
        // An empty mask if the position is the first of its line.
        long mask = (1L << before) - 1;
        for (int line = lineOf(before); positionAt(line) + POSITIONS_PER_LINE > first; line -= Lines.WORD_COUNT) {
            long occupied = mask == 0 ? 0 : occupied(words, line) & mask;
            if (occupied != 0) {
                return Math.max(first, positionAt(line) + Long.SIZE - Long.numberOfLeadingZeros(occupied));
            }
            mask = -1;
        }
        return first;
    }

    /**
     * {@return the start of the packed block, live or parked, that covers a position, or -1 if there is none}
     *
     * @param first the first position of the run
     */
    static int startOf(long[] words, int position, int first) {
        int line = lineOf(position);
        long mask = -1L >>> ~position;
        if ((occupied(words, line) >>> position & 1) == 0) {
            return -1;
        }
        while (line >= lineOf(first)) {
            long starts = starts(words, line) & mask;
            if (starts != 0) {
                int start = positionAt(line) + Long.SIZE - 1 - Long.numberOfLeadingZeros(starts);
                // The owner may have freed the block meanwhile; then this is another one.
                return endOf(words, start) > position ? start : -1;
            }
            mask = -1;
            line -= Lines.WORD_COUNT;
        }
        return -1;
    }

    /**
     * Records a packed block. Pre: the positions are free. Makes no call: an Error would leave the block half taken.
     */
    static void take(long[] words, int first, int end, Holder holder) {
        long second = holder == Holder.OBJECT ? -1 : ~(1L << (first & 31) + POSITIONS_PER_WORD);
        long start = 1L << (first & 31);
        for (int at = first >>> 5; at << 5 < end; at++) {
            long low = first > at << 5 ? STARTS << (first & 31) & STARTS : STARTS;
            long high = end < at + 1 << 5 ? STARTS >>> (-end & 31) : STARTS;
            words[(at >>> 1 << Lines.LOG2_WORD_COUNT) + (at & 1)] |=
                    (low & high) << POSITIONS_PER_WORD & second | start;
            second = -1;
            start = 0;
        }
    }

    /** Frees positions of packed blocks. Makes no call: an Error would leave some of them taken. */
    static void clear(long[] words, int first, int end) {
        for (int at = first >>> 5; at << 5 < end; at++) {
            long low = first > at << 5 ? STARTS << (first & 31) & STARTS : STARTS;
            long high = end < at + 1 << 5 ? STARTS >>> (-end & 31) : STARTS;
            long range = low & high;
            words[(at >>> 1 << Lines.LOG2_WORD_COUNT) + (at & 1)] &= ~(range | range << POSITIONS_PER_WORD);
        }
    }

    /**
     * Clears the parked bit. When a place is freed, its start bit is cleared first: a thread that reads the two in the
     * other order sees the block as free in one of them.
     */
    static void clearParked(long[] words, int position) {
        VarHandle.storeStoreFence();
        words[parkedWordOf(position)] &= ~(1L << position);
    }
}
