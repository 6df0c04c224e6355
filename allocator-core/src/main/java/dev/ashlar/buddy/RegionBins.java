package dev.ashlar.buddy;

/**
 * The packing order: which committed region a run goes to. The shortest longest-free-stretch that suffices wins, then
 * the fullest region (Temeraire, Hunter et al., OSDI 2021), so that long stretches and empty regions last.
 *
 * <p>Regions stand in lists, by the exact length of their longest stretch and, within a length, by the power of two of
 * their free pages. The lists are numbered in packing order, so a choice is the first list in use from a number on. Not
 * thread-safe.
 */
final class RegionBins {
    private static final int NONE = NumberedLists.NONE;
    private static final int PAGE_COUNT = FreePages.PAGE_COUNT;
    private static final int LOG2_PAGE_COUNT = 9;

    /** Lists before those of the first length of each power of two: a length of 2^k to 2^(k+1) - 1 has 9 - k. */
    private static final int[] FIRST_LIST = new int[LOG2_PAGE_COUNT + 1];

    static {
        for (int log2 = 0; log2 < LOG2_PAGE_COUNT; log2++) {
            FIRST_LIST[log2 + 1] = FIRST_LIST[log2] + ((LOG2_PAGE_COUNT - log2) << log2);
        }
    }

    /** The last list: regions without a page in use. */
    private static final int EMPTY_REGIONS = FIRST_LIST[LOG2_PAGE_COUNT];

    private final NumberedLists lists = new NumberedLists(EMPTY_REGIONS + 1);

    /** Makes room for the regions 0 to {@code regionCount - 1}. */
    void reserve(int regionCount) {
        lists.reserve(regionCount);
    }

    /** Puts a committed region where its free pages say: nowhere, where there are none. */
    void update(int region, int longestFreeStretch, int freePageCount) {
        lists.move(region, longestFreeStretch == 0 ? NONE : listFor(longestFreeStretch, freePageCount));
    }

    /** Takes out a region that is not committed any more. */
    void remove(int region) {
        lists.move(region, NONE);
    }

    private static int listFor(int longest, int freePageCount) {
        int log2 = log2(longest);
        return longest == PAGE_COUNT ? EMPTY_REGIONS : firstListFor(longest, log2) + log2(freePageCount) - log2;
    }

    private static int firstListFor(int longest, int log2) {
        return FIRST_LIST[log2] + (longest - (1 << log2)) * (LOG2_PAGE_COUNT - log2);
    }

    private static int log2(int value) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(value);
    }

    /** {@return the region, of those in use, that a run goes to, or -1 where none has a stretch so long} */
    int choose(int pageCount) {
        int list = lists.occupiedFrom(firstListFor(pageCount, log2(pageCount)));
        return list == NONE || list == EMPTY_REGIONS ? NONE : lists.first(list);
    }

    /** {@return the region behind another in packing order among those in use, or -1} */
    int chooseAfter(int region) {
        int next = lists.next(region);
        if (next != NONE) {
            return next;
        }
        int list = lists.occupiedFrom(lists.listOf(region) + 1);
        return list == NONE || list == EMPTY_REGIONS ? NONE : lists.first(list);
    }

    /** {@return the first of the regions without a page in use, or -1} */
    int firstEmpty() {
        return lists.first(EMPTY_REGIONS);
    }

    /** {@return the empty region behind another, or -1} */
    int nextEmpty(int region) {
        return lists.next(region);
    }

    /** {@return whether a region stands where its free pages say} */
    boolean isInPlace(int region, int longestFreeStretch, int freePageCount) {
        int expected = longestFreeStretch == 0 ? NONE : listFor(longestFreeStretch, freePageCount);
        return lists.listOf(region) == expected;
    }

    long metadataByteSize() {
        return 16 + lists.metadataByteSize();
    }
}
