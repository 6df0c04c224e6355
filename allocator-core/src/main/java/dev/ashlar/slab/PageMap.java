package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import org.jspecify.annotations.Nullable;

/**
 * One descriptor word for each page of the span. Words are written when pages are handed out; a free clears only the
 * head of a run, so that it costs one store for any length.
 *
 * <table>
 * <caption>Words</caption>
 * <tr><th>kind (2 bits)</th><th>holder (1 bit)</th><th>value (29 bits)</th></tr>
 * <tr><td>{@link #FREE}</td><td></td><td></td></tr>
 * <tr><td>{@link #RUN_HEAD}</td><td>{@link Holder}</td><td>pages of the run</td></tr>
 * <tr><td>{@link #RUN_INNER}</td><td></td><td>pages back to the head</td></tr>
 * <tr><td>{@link #CUT}</td><td></td><td>number of the slab or packed run</td></tr>
 * </table>
 *
 * <p>The words of a region are one array, created when the region is first used. Written under the lock of the space;
 * any thread may read a word, which may be stale.
 */
final class PageMap {
    static final int FREE = 0;
    static final int RUN_HEAD = 1;
    static final int RUN_INNER = 2;
    static final int CUT = 3;

    private static final int KIND_SHIFT = 30;
    private static final int OBJECT_BIT = 1 << 29;
    private static final int VALUE_MASK = OBJECT_BIT - 1;

    private final int[] @Nullable [] words;
    private int arrayCount;

    PageMap(int regionCount) {
        words = new int[regionCount][];
    }

    int pageCount() {
        return Pages.firstOf(words.length);
    }

    static int kind(int word) {
        return word >>> KIND_SHIFT;
    }

    static int value(int word) {
        return word & VALUE_MASK;
    }

    static Holder holder(int word) {
        return (word & OBJECT_BIT) == 0 ? Holder.ADDRESS : Holder.OBJECT;
    }

    /** {@return the word of a page; {@link #FREE} if its region was never used} */
    int word(int page) {
        int[] region = words[Pages.regionOf(page)];
        return region == null ? FREE : region[Pages.inRegion(page)];
    }

    /** Creates the arrays for the words of these pages, so that setting them cannot fail. */
    void prepare(int firstPage, int pageCount) {
        int last = Pages.regionOf(firstPage + pageCount - 1);
        for (int index = Pages.regionOf(firstPage); index <= last; index++) {
            if (words[index] == null) {
                words[index] = new int[Pages.PER_REGION];
                arrayCount++;
            }
        }
    }

    void setRun(int firstPage, int pageCount, Holder holder) {
        int holderBit = holder == Holder.OBJECT ? OBJECT_BIT : 0;
        for (int distance = 1; distance < pageCount; distance++) {
            set(firstPage + distance, (RUN_INNER << KIND_SHIFT) | distance);
        }
        // Last: from here on the pages are a block.
        set(firstPage, (RUN_HEAD << KIND_SHIFT) | holderBit | pageCount);
    }

    /** Records that a live run has become shorter. */
    void shortenRun(int firstPage, int pageCount) {
        setRunHead(firstPage, (word(firstPage) & ~VALUE_MASK) | pageCount);
    }

    void clearRun(int firstPage) {
        setRunHead(firstPage, FREE);
    }

    private void setRunHead(int firstPage, int word) {
        assert kind(word(firstPage)) == RUN_HEAD : "page " + firstPage + " is no head of a run";
        set(firstPage, word);
    }

    /** {@return the first page from {@code from} on that is the head of a run, or -1} */
    int nextRun(int from) {
        for (int index = Pages.regionOf(from); index < words.length; index++) {
            int[] region = words[index];
            int page = index == Pages.regionOf(from) ? Pages.inRegion(from) : 0;
            for (; region != null && page < region.length; page++) {
                if (kind(region[page]) == RUN_HEAD) {
                    return Pages.firstOf(index) + page;
                }
            }
        }
        return -1;
    }

    void setCut(int firstPage, int pageCount, int number) {
        for (int page = firstPage; page < firstPage + pageCount; page++) {
            set(page, (CUT << KIND_SHIFT) | number);
        }
    }

    private void set(int page, int word) {
        int index = Pages.regionOf(page);
        int[] region = words[index];
        if (region == null) {
            region = new int[Pages.PER_REGION];
            words[index] = region;
            arrayCount++;
        }
        region[Pages.inRegion(page)] = word;
    }

    long metadataByteSize() {
        return 32 + 4L * words.length + arrayCount * (16L + 4 * Pages.PER_REGION);
    }
}
