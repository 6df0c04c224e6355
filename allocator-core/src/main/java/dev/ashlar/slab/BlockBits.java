package dev.ashlar.slab;

import java.lang.invoke.VarHandle;

/**
 * What the lines say about the blocks of a run. A position is the number of a granule (or of a step of 16 or 32 bytes)
 * in an array of {@link Lines}; at most one block starts at each. Each of the first three words of a line has one bit
 * for each of 64 positions:
 *
 * <table>
 * <caption>Bits</caption>
 * <tr><th>word</th><th>slab</th><th>packed run</th></tr>
 * <tr><td>0</td><td>a block starts here, live or parked</td><td>the same</td></tr>
 * <tr><td>1</td><td>an object holds the block that starts here</td><td>a block continues here; not set at a start</td>
 * </tr>
 * <tr><td>2</td><td>the block that starts here is parked</td><td>the same; at the position after a start: an object
 * holds the block</td></tr>
 * </table>
 *
 * <p>So the length of a packed block follows from word 1 alone: the block ends at the first position after its start
 * that is not set. A thread that does not own the run but holds a block in it reads its size correctly, whatever the
 * owner places behind it. A packed block has two granules or more, so no block starts at the position after a start.
 */
final class BlockBits {
    static final int LOG2_POSITIONS_PER_LINE = 6;
    static final int POSITIONS_PER_LINE = 1 << LOG2_POSITIONS_PER_LINE;
    static final int INNER = 1;

    private BlockBits() {}

    /** {@return the line of a position: the word with the bits of the starts} */
    static int lineOf(int position) {
        return (position >>> LOG2_POSITIONS_PER_LINE) << Lines.LOG2_WORD_COUNT;
    }

    private static int positionAt(int line) {
        return (line >>> Lines.LOG2_WORD_COUNT) << LOG2_POSITIONS_PER_LINE;
    }

    /** {@return the bit of a position in each of the three words} */
    static long bit(int position) {
        return 1L << position;
    }

    private static boolean isSet(long[] words, int word, int position) {
        return ((words[word] >>> position) & 1) != 0;
    }

    /** {@return whether a block starts at a position, live or parked} */
    static boolean isStart(long[] words, int position) {
        return isSet(words, lineOf(position), position);
    }

    /** {@return the word of the parked bit of a position} */
    static int parkedWordOf(int position) {
        return lineOf(position) + Lines.PARKED;
    }

    static boolean isParked(long[] words, int position) {
        return isSet(words, parkedWordOf(position), position);
    }

    /** {@return whether a block starts at a position and is not parked, marked or not} */
    static boolean isLive(long[] words, int position) {
        return isStart(words, position) && !isParked(words, position);
    }

    /**
     * {@return the position of the bit that says how a block is held}
     *
     * @param slab {@link RunWord#slab} of its run
     */
    static int heldPosition(int position, int slab) {
        return position + 1 + slab;
    }

    /** {@return the word of that bit} */
    static int heldWordOf(int position, int slab) {
        // Word 1 in a slab, word 2 in a packed run.
        return lineOf(heldPosition(position, slab)) + Lines.PARKED + slab;
    }

    /** {@return how the block that starts at a position is held} */
    static Holder holder(long run, long[] words, int position) {
        int slab = RunWord.slab(run);
        boolean isObject = isSet(words, heldWordOf(position, slab), heldPosition(position, slab));
        return isObject ? Holder.OBJECT : Holder.ADDRESS;
    }

    /** Records how the block that starts at a position is held. */
    static void setHolder(long run, long[] words, int position, Holder holder) {
        int slab = RunWord.slab(run);
        long bit = bit(heldPosition(position, slab));
        int word = heldWordOf(position, slab);
        words[word] = holder == Holder.OBJECT ? words[word] | bit : words[word] & ~bit;
    }

    /** {@return whether a block that is held this way starts at a position, and is neither parked nor marked} */
    static boolean isFreeable(long run, long[] words, int position, Holder holder) {
        int line = lineOf(position);
        int slab = RunWord.slab(run);
        long expected = holder == Holder.OBJECT ? 1 : 0;
        long held = words[heldWordOf(position, slab)] >>> heldPosition(position, slab);
        long gone =
                (words[RemoteMarks.wordOf(position)] >>> (position & 31)) | (words[line + Lines.PARKED] >>> position);
        // The start bit of a block is cleared before the other two.
        VarHandle.loadLoadFence();
        long start = words[line] >>> position;
        // One branch instead of four.
        return ((~start | gone | (held ^ expected)) & 1) == 0;
    }

    /** {@return a bit for each position of a line that a packed block covers} */
    static long occupied(long[] words, int line) {
        return words[line] | words[line + INNER];
    }

    /** {@return whether no packed block covers a position} */
    static boolean isFree(long[] words, int position) {
        return ((occupied(words, lineOf(position)) >>> position) & 1) == 0;
    }

    /**
     * {@return the position after the packed block that starts at {@code first}} Without a branch for blocks up to 4
     * KiB: the processor cannot predict whether a block ends in its first line.
     */
    static int endOf(long[] words, int first) {
        int line = lineOf(first);
        long ends = ~words[line + INNER] & (-2L << first);
        long endsInNext = ~words[line + Lines.WORD_COUNT + INNER];
        if ((ends | endsInNext) == 0) {
            return endOfLong(words, line + 2 * Lines.WORD_COUNT);
        }
        int inLine = Long.numberOfTrailingZeros(ends);
        int end = positionAt(line) + inLine + (Long.numberOfTrailingZeros(endsInNext) & -(inLine >>> 6));
        return Math.min(end, runEnd(words, line));
    }

    private static int endOfLong(long[] words, int from) {
        int line = from;
        while (words[line + INNER] == -1) {
            line += Lines.WORD_COUNT;
        }
        int end = positionAt(line) + Long.numberOfTrailingZeros(~words[line + INNER]);
        return Math.min(end, runEnd(words, from - 2 * Lines.WORD_COUNT));
    }

    /** {@return the end of the packed run that covers a line} The next one may be a slab's, with another word 1. */
    private static int runEnd(long[] words, int line) {
        int pagesLeft = RunWord.PAGE_COUNT_MAX - RunWord.distance(words[line + Lines.RUN]);
        return positionAt(line) + (pagesLeft << LOG2_POSITIONS_PER_LINE);
    }

    /**
     * {@return 0 in bit 0 if the positions before and after a packed block are occupied} The last position of a block
     * is never its start, and the first always is.
     */
    static int freeBeside(long[] words, int first, int end) {
        int before = Math.max(0, first - 1);
        long occupied = (words[lineOf(before) + INNER] >>> before) & (words[lineOf(end)] >>> end);
        return (int) ~occupied & 1;
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
        long mask = bit(before) - 1;
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
        long mask = -1L >>> ~position;
        for (int line = lineOf(position); line >= lineOf(first); line -= Lines.WORD_COUNT) {
            long starts = words[line] & mask;
            if (starts != 0) {
                int start = positionAt(line) + Long.SIZE - 1 - Long.numberOfLeadingZeros(starts);
                // Between blocks, or the owner has freed the block meanwhile.
                return endOf(words, start) > position ? start : -1;
            }
            mask = -1;
        }
        return -1;
    }

    /**
     * Records a packed block. Pre: the positions are free. Makes no call: an Error would leave the block half taken.
     */
    static void take(long[] words, int first, int end, Holder holder) {
        int from = first + 1;
        if (holder == Holder.OBJECT) {
            words[((from >>> 6) << 3) + Lines.PARKED] |= 1L << from;
        }
        for (int at = from >>> 6; at << 6 < end; at++) {
            long low = from > at << 6 ? -1L << from : -1;
            long high = end < (at + 1) << 6 ? -1L >>> -end : -1;
            words[(at << 3) + INNER] |= low & high;
        }
        // Last: from here on it is a block.
        words[(first >>> 6) << 3] |= 1L << first;
    }

    /**
     * Frees the positions of a packed block from some on, in a run or to its end. Makes no call: an Error would leave
     * some of them taken.
     */
    static void clear(long[] words, int first, int end) {
        // First: from here on it is no block.
        words[(first >>> 6) << 3] &= ~(1L << first);
        for (int at = first >>> 6; at << 6 < end; at++) {
            long low = first > at << 6 ? -1L << first : -1;
            long high = end < (at + 1) << 6 ? -1L >>> -end : -1;
            words[(at << 3) + INNER] &= ~(low & high);
        }
    }

    /**
     * Clears the parked bit. When a place is freed, its start bit is cleared first: a thread that reads the two in the
     * other order sees the block as free in one of them.
     */
    static void clearParked(long[] words, int position) {
        VarHandle.storeStoreFence();
        words[parkedWordOf(position)] &= ~bit(position);
    }
}
