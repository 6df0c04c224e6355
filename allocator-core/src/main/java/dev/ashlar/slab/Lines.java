package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import dev.ashlar.region.Region;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bookkeeping of slabs and packed runs: one array for each region, one line of eight words for each page. The line
 * of a page is found from its address by arithmetic.
 *
 * <table>
 * <caption>A line</caption>
 * <tr><th>word</th><th>content</th></tr>
 * <tr><td>0-2</td><td>the blocks that start in each of 64 granules of 64 bytes ({@link BlockBits})</td></tr>
 * <tr><td>3, 4</td><td>which of them other threads have freed ({@link RemoteMarks})</td></tr>
 * <tr><td>5</td><td>the run that covers the page ({@link RunWord})</td></tr>
 * <tr><td>6</td><td>first page of a run: its neighbours in a list ({@link RunLists})</td></tr>
 * <tr><td>7</td><td>first page of a run: its place in the queue of its owner ({@link RemoteFrees})</td></tr>
 * </table>
 *
 * <p>A line describes 64 positions. Slots of 16, 32 and 48 bytes have more per page: their bits are in {@link
 * FineLines}, and word 0 names the first line there.
 *
 * <p>An array is made when its region first holds a cut run, and kept for the life of the heap. So a reader that comes
 * too late reads a word of another run, and nothing worse. Lines are written by the owner of their run, except for
 * words 3, 4 and 7, which other threads change by compare-and-set.
 */
final class Lines {
    static final int LOG2_WORD_COUNT = 3;
    static final int WORD_COUNT = 1 << LOG2_WORD_COUNT;
    static final int PARKED = 2;
    static final int MARKS = 3;
    static final int RUN = 5;
    static final int LINKS = 6;
    static final int QUEUE = 7;

    /** Atomic access to a word. */
    static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int POSITIONS_PER_REGION = Pages.PER_REGION * BlockBits.POSITIONS_PER_LINE;

    /** One line more than there are pages, always 0, in which every block ends. */
    private static final int ARRAY_LENGTH = (Pages.PER_REGION + 1) << LOG2_WORD_COUNT;

    final FineLines fine = new FineLines();
    private final long[] @Nullable [] byRegion;
    private int arrayCount;

    Lines(int regionCount) {
        byRegion = new long[regionCount][];
    }

    int pageCount() {
        return Pages.firstOf(byRegion.length);
    }

    /** {@return the lines of the region that holds an offset, or null if it never held a cut run} */
    long @Nullable [] atOffset(long offset) {
        return byRegion[Region.indexOf(offset)];
    }

    /** {@return the lines of the region that holds a page; pre: it has held a cut run} */
    @SuppressWarnings("NullAway")
    long[] of(int page) {
        return byRegion[Pages.regionOf(page)];
    }

    /** {@return the first word of the line of a page} */
    static int lineOf(int page) {
        return Pages.inRegion(page) << LOG2_WORD_COUNT;
    }

    /** {@return the first word of the line of the page that holds an offset} */
    static int lineAt(long offset) {
        return ((int) (offset >>> Pages.LOG2_BYTE_SIZE) & (Pages.PER_REGION - 1)) << LOG2_WORD_COUNT;
    }

    /** {@return the run that covers a page, or {@link RunWord#NONE}} */
    long run(int page) {
        long[] region = byRegion[Pages.regionOf(page)];
        return region == null ? RunWord.NONE : region[lineOf(page) + RUN];
    }

    /** {@return the run that covers an offset, or {@link RunWord#NONE}} */
    long runAt(long offset) {
        return run(Pages.indexOf(offset));
    }

    /** {@return whether the run that starts at a page covers an offset} */
    boolean startsIn(long offset, int firstPage) {
        int page = Pages.indexOf(offset);
        return firstPage(page, run(page)) == firstPage;
    }

    /** {@return the first page of the run that covers a page} */
    static int firstPage(int page, long run) {
        return page - RunWord.distance(run);
    }

    /** {@return the word of the first page of a run; pre: there is one} */
    long first(int firstPage) {
        return of(firstPage)[lineOf(firstPage) + RUN];
    }

    void setFirst(int firstPage, long run) {
        of(firstPage)[lineOf(firstPage) + RUN] = run;
    }

    /** Changes the owner of a run, page by page; the first page is the last to change. */
    void setOwner(int firstPage, int ownerId) {
        long[] region = of(firstPage);
        int line = lineOf(firstPage);
        int end = line + (RunWord.pageCount(region[line + RUN]) << LOG2_WORD_COUNT);
        long bits = RunWord.ownerBits(ownerId);
        for (int at = end - WORD_COUNT; at >= line; at -= WORD_COUNT) {
            region[at + RUN] = (region[at + RUN] & ~RunWord.OWNER) | bits;
        }
    }

    /** {@return the array with the bits of the blocks of a page; null if no such run covers the page any more} */
    long @Nullable [] array(long[] region, int line, long run) {
        return FineLines.has(run) ? fine.array(region[line]) : region;
    }

    /** {@return the position, in that array, of the slot or granule that starts at an offset} */
    static int position(long[] region, int line, long run, long offset) {
        return FineLines.has(run) ? FineLines.position(region[line], run, offset) : granuleOf(offset);
    }

    /** {@return the granule at an offset, by its number in the region} */
    static int granuleOf(long offset) {
        return (int) (offset >>> SizeClasses.LOG2_GRANULE_BYTE_SIZE) & (POSITIONS_PER_REGION - 1);
    }

    /** {@return the array with the bits of a block of a size class, live or parked, that starts at an offset} */
    @SuppressWarnings("NullAway") // its run is open
    long[] bitsAt(long offset, int sizeClass) {
        long[] region = atOffset(offset);
        return FineLines.hasClass(sizeClass) ? fine.array(region[lineAt(offset)]) : region;
    }

    /** {@return the position of that block in that array} */
    @SuppressWarnings("NullAway") // its run is open
    int positionAt(long offset, int sizeClass) {
        if (!FineLines.hasClass(sizeClass)) {
            return granuleOf(offset);
        }
        long[] region = atOffset(offset);
        int line = lineAt(offset);
        return FineLines.position(region[line], region[line + RUN], offset);
    }

    /** {@return how many lines have the bits of a run} */
    static int lineCount(long run) {
        return RunWord.pageCount(run) << FineLines.log2LinesPerPage(run);
    }

    /** {@return the array of one of the lines with the bits of a run} */
    @SuppressWarnings("NullAway")
    long[] bitsOf(int firstPage, long run, int index) {
        int page = firstPage + (index >>> FineLines.log2LinesPerPage(run));
        return array(of(page), lineOf(page), run);
    }

    /** {@return the first position of one of the lines with the bits of a run, in its array} */
    int positionOf(int firstPage, long run, int index) {
        return position(
                of(firstPage), lineOf(firstPage + (index >>> FineLines.log2LinesPerPage(run))), run,
                Pages.offsetOf(firstPage) + inRun(run, index, 0));
    }

    /** {@return the bytes from the start of a run to a position, by the index of its line} */
    static int inRun(long run, int index, int bit) {
        return ((index << BlockBits.LOG2_POSITIONS_PER_LINE) + bit) << FineLines.log2PositionByteSize(run);
    }

    /** {@return the position of the first granule of a page} */
    static int positionOf(int page) {
        return Pages.inRegion(page) << (Pages.LOG2_BYTE_SIZE - SizeClasses.LOG2_GRANULE_BYTE_SIZE);
    }

    /** {@return the offset of a granule of the region that holds a page} */
    static long offsetOf(int page, int position) {
        return Pages.offsetOf(Pages.firstOf(Pages.regionOf(page)))
                + ((long) position << SizeClasses.LOG2_GRANULE_BYTE_SIZE);
    }

    /** Makes the array of the region that holds a page, if there is none. */
    void prepare(int page) {
        int index = Pages.regionOf(page);
        if (byRegion[index] == null) {
            byRegion[index] = new long[ARRAY_LENGTH];
            arrayCount++;
        }
    }

    /** {@return the first page of the first run that starts at a page or after it, or -1} */
    int nextRun(int from) {
        int page = from;
        while (page < pageCount()) {
            if (byRegion[Pages.regionOf(page)] == null) {
                page = Pages.firstOf(Pages.regionOf(page) + 1);
            } else if (RunWord.isFirst(run(page))) {
                return page;
            } else {
                page++;
            }
        }
        return -1;
    }

    /** Clears the lines of pages that no run covers, after an Error cut a change short. */
    void clearStale() {
        for (long[] region : byRegion) {
            int end = 0;
            for (int line = 0; region != null && line < region.length; line += WORD_COUNT) {
                if (RunWord.isFirst(region[line + RUN])) {
                    end = line + (RunWord.pageCount(region[line + RUN]) << LOG2_WORD_COUNT);
                } else if (line >= end) {
                    Arrays.fill(region, line, line + MARKS, 0);
                    region[line + RUN] = RunWord.NONE;
                }
            }
        }
    }

    long metadataByteSize() {
        long arrayByteSize = 16 + (long) Long.BYTES * ARRAY_LENGTH;
        return 32 + 16 + 4L * byRegion.length + arrayCount * arrayByteSize + fine.metadataByteSize();
    }
}
