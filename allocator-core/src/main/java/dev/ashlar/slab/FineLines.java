package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bits of the smallest slots, of 16, 32 and 48 bytes, of which a page has more than 64. Each page of such a slab
 * has two or four lines here, adjacent and aligned. They are taken and given back under the lock of the space and read
 * by any thread.
 */
final class FineLines {
    /** The size classes that have their bits here, the first ones. */
    private static final int CLASS_COUNT = 3;

    private static final int LOG2_LINES_PER_CHUNK = 6;
    private static final int LOG2_MOST_PER_PAGE = 2;

    /** Replaced by a longer copy if it is full; an entry never changes. */
    private volatile long[] @Nullable [] chunks = new long[4][];

    private int lineCount;
    /** The first free line plus one, or 0: by the logarithm of the lines that a page needs. */
    private final int[] free = new int[LOG2_MOST_PER_PAGE + 1];

    /** {@return whether the bits of a run are here; false for {@link RunWord#NONE}} */
    static boolean has(long run) {
        return hasClass(RunWord.sizeClass(run));
    }

    /** {@return whether the bits of a size class are here} */
    static boolean hasClass(int sizeClass) {
        return Integer.compareUnsigned(sizeClass, CLASS_COUNT) < 0;
    }

    /** {@return log2 of the bytes between two positions} */
    static int log2PositionByteSize(long run) {
        int finest = RunWord.cut(run) == 1 ? SizeClasses.LOG2_QUANTUM : SizeClasses.LOG2_QUANTUM + 1;
        return has(run) ? finest : SizeClasses.LOG2_GRANULE_BYTE_SIZE;
    }

    /** {@return log2 of the lines of each page of a run} */
    static int log2LinesPerPage(long run) {
        return SizeClasses.LOG2_GRANULE_BYTE_SIZE - log2PositionByteSize(run);
    }

    /** {@return the array that holds a line, or null if the number is not a line's} */
    long @Nullable [] array(long line) {
        long[] @Nullable [] all = chunks;
        long index = line >>> LOG2_LINES_PER_CHUNK;
        return Long.compareUnsigned(index, all.length) < 0 ? all[(int) index] : null;
    }

    /** {@return the position, in the array, of an offset in a page whose first line this is} */
    static int position(long line, long run, long offset) {
        int inPage = (int) offset & (Pages.BYTE_SIZE - 1);
        int inChunk = (int) line & ((1 << LOG2_LINES_PER_CHUNK) - 1);
        int position = (inChunk << BlockBits.LOG2_POSITIONS_PER_LINE) + (inPage >>> log2PositionByteSize(run));
        // A reader that comes too late may have the number of anything; its position is in the array all the same.
        return position & ((BlockBits.POSITIONS_PER_LINE << LOG2_LINES_PER_CHUNK) - 1);
    }

    /** {@return the first of the lines for a page, which have no bit set} */
    int take(int log2Count) {
        if (free[log2Count] == 0) {
            addChunk(log2Count);
        }
        int line = free[log2Count] - 1;
        free[log2Count] = (int) nextFree(line);
        return line;
    }

    /** Gives the lines of a page back. Pre: they have no bit set. */
    void giveBack(int line, int log2Count) {
        setNextFree(line, free[log2Count]);
        free[log2Count] = line + 1;
    }

    private void addChunk(int log2Count) {
        int index = lineCount >>> LOG2_LINES_PER_CHUNK;
        long[] @Nullable [] all = chunks;
        if (index == all.length) {
            all = Arrays.copyOf(all, 2 * index);
        }
        all[index] = new long[Lines.WORD_COUNT * ((1 << LOG2_LINES_PER_CHUNK) + 1)];
        // Publishes the entry, even if the array is the same.
        chunks = all;
        int first = lineCount;
        // Before the lines are free: an Error may lose some, but none is taken twice.
        lineCount = first + (1 << LOG2_LINES_PER_CHUNK);
        for (int line = first; line < lineCount; line += 1 << log2Count) {
            giveBack(line, log2Count);
        }
    }

    /** The word of a free line that would hold a run. */
    private static int linkOf(int line) {
        return ((line & ((1 << LOG2_LINES_PER_CHUNK) - 1)) << Lines.LOG2_WORD_COUNT) + Lines.RUN;
    }

    @SuppressWarnings("NullAway")
    private long nextFree(int line) {
        return array(line)[linkOf(line)];
    }

    @SuppressWarnings("NullAway")
    private void setNextFree(int line, long next) {
        array(line)[linkOf(line)] = next;
    }

    long metadataByteSize() {
        int chunkCount = lineCount >>> LOG2_LINES_PER_CHUNK;
        return 32 + 16 + 4L * chunks.length + 32 + chunkCount * (16L + 64 * ((1 << LOG2_LINES_PER_CHUNK) + 1));
    }
}
