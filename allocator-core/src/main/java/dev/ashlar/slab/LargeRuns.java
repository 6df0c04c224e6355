package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of whole pages: one word for the first page of each, whatever its length. The words of a region are one
 * array, made when the first block starts there.
 *
 * <table>
 * <caption>Words</caption>
 * <tr><th>bit 31</th><th>bit 30</th><th>bits 0-29</th></tr>
 * <tr><td>0</td><td>0</td><td>0: no block starts here</td></tr>
 * <tr><td>0</td><td>1 if an object holds the block</td><td>pages of a live block (0-27); bit 28 if it is cold; bit 29
 * while it is being shrunk under the lock</td></tr>
 * <tr><td>1</td><td>0</td><td>a freed block that an owner keeps: its pages (0-9), the owner's number (10-25)</td></tr>
 * <tr><td>1</td><td>1</td><td>pages of a block that is being freed under the lock</td></tr>
 * </table>
 *
 * <p>A block begins under the lock of the space. It ends by a compare-and-set, by any thread, so that one of two frees
 * of a block fails. Any thread may read a word.
 */
final class LargeRuns {
    /** Pages of the largest block that an owner keeps: half a region. */
    static final int LARGEST_PARKED_PAGE_COUNT = Pages.PER_REGION / 2;

    /** Atomic access to a word. */
    static final VarHandle WORD = MethodHandles.arrayElementVarHandle(int[].class);
    private static final int PARKED = 1 << 31;
    private static final int OBJECT = 1 << 30;
    private static final int ENDED = PARKED | OBJECT;
    private static final int SHRINKING = 1 << 29;
    private static final int COLD = 1 << 28;
    private static final int PAGE_COUNT = COLD - 1;
    private static final int OWNER_SHIFT = 10;

    private final int regionCount;
    /** Empty until the first block, so that a heap of small blocks does not pay for it. */
    private int[] @Nullable [] byRegion = {};

    private int arrayCount;

    LargeRuns(int regionCount) {
        this.regionCount = regionCount;
    }

    private int @Nullable [] words(int region) {
        int[] @Nullable [] all = byRegion;
        return region < all.length ? all[region] : null;
    }

    /** {@return the word of a page; 0 if no block starts there} */
    int word(int page) {
        int[] region = words(Pages.regionOf(page));
        return region == null ? 0 : region[Pages.inRegion(page)];
    }

    static boolean isLive(int word) {
        return word > 0;
    }

    /** {@return pages of a live block} */
    static int pageCount(int word) {
        return word & PAGE_COUNT;
    }

    static Holder holder(int word) {
        return (word & OBJECT) == 0 ? Holder.ADDRESS : Holder.OBJECT;
    }

    /** {@return the word of a live block} */
    static int live(int pageCount, Holder holder) {
        return holder == Holder.OBJECT ? pageCount | OBJECT : pageCount;
    }

    /** {@return the word of a live block that only a thread with the lock may free} */
    static int shrinking(int word) {
        return word | SHRINKING;
    }

    /** {@return the word of a live block that does not lie among hot ones} */
    static int cold(int word) {
        return word | COLD;
    }

    /** {@return the word of a live block after it was shrunk} */
    static int shrunk(int word, int pageCount) {
        return (word & ~(SHRINKING | PAGE_COUNT)) | pageCount;
    }

    /** {@return whether the thread that frees a live block may keep it, for its next hot block} */
    static boolean mayBeKept(int word) {
        return (word & (SHRINKING | COLD)) == 0 && pageCount(word) <= LARGEST_PARKED_PAGE_COUNT;
    }

    /** {@return the word of a block that an owner keeps} */
    static int parked(int pageCount, int ownerId) {
        return PARKED | (ownerId << OWNER_SHIFT) | pageCount;
    }

    /** {@return whether a block was being freed when an Error came} */
    static boolean hasEnded(int word) {
        return (word & ENDED) == ENDED;
    }

    /** {@return pages of a block, live or not; 0 if there is none} */
    static int heldPageCount(int word) {
        return word < 0 && !hasEnded(word) ? word & ((1 << OWNER_SHIFT) - 1) : pageCount(word);
    }

    /** Creates the array for the word of a page, so that setting it cannot fail. */
    void prepare(int page) {
        int index = Pages.regionOf(page);
        if (byRegion.length == 0) {
            byRegion = new int[regionCount][];
        }
        if (byRegion[index] == null) {
            byRegion[index] = new int[Pages.PER_REGION];
            arrayCount++;
        }
    }

    /** {@return the words of the region that holds a page; pre: it is prepared} */
    @SuppressWarnings("NullAway")
    int[] of(int page) {
        return byRegion[Pages.regionOf(page)];
    }

    /** Sets the word of a page that no other thread changes. Pre: it is prepared. */
    void set(int page, int word) {
        of(page)[Pages.inRegion(page)] = word;
    }

    /** {@return the word of a block that is not live any more, and still holds its pages} */
    static int ended(int word) {
        return ENDED | pageCount(word);
    }

    /** {@return whether the word of a page was {@code word}, and is {@code next} now} */
    boolean replace(int page, int word, int next) {
        return WORD.compareAndSet(of(page), Pages.inRegion(page), word, next);
    }

    /** {@return the first page of the live block that covers a page, or -1 if there is none} */
    int firstPage(int page) {
        int from = page;
        while (from >= 0) {
            int[] region = words(Pages.regionOf(from));
            if (region == null) {
                from = Pages.firstOf(Pages.regionOf(from)) - 1;
                continue;
            }
            int word = region[Pages.inRegion(from)];
            if (word != 0) {
                return isLive(word) && pageCount(word) > page - from ? from : -1;
            }
            from--;
        }
        return -1;
    }

    /** {@return the first page from {@code from} on at which a block starts, live or kept, or -1} */
    int next(int from) {
        for (int index = Pages.regionOf(from); index < byRegion.length; index++) {
            int[] region = byRegion[index];
            int page = index == Pages.regionOf(from) ? Pages.inRegion(from) : 0;
            for (; region != null && page < region.length; page++) {
                if (region[page] != 0) {
                    return Pages.firstOf(index) + page;
                }
            }
        }
        return -1;
    }

    long metadataByteSize() {
        return 32 + 16 + 4L * byRegion.length + arrayCount * (16L + 4 * Pages.PER_REGION);
    }
}
