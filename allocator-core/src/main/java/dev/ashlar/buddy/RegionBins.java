package dev.ashlar.buddy;

import dev.ashlar.region.Pages;

/**
 * The packing order: which region in use a run goes to. The region whose longest stretch is the shortest sufficient one
 * wins, then the fullest region (Temeraire, Hunter et al., OSDI 2021), so that long stretches last and regions become
 * empty.
 *
 * <p>Lists hold the regions by the exact length of their longest stretch and, within a length, by the power of two of
 * their free pages. The lists are numbered in packing order, so a choice is the first list with members from a number
 * on. Not thread-safe.
 */
final class RegionBins {
    private static final int NONE = NumberedLists.NONE;
    /** The number of the first list for a length of 2^k; such a length up to 2^(k+1) - 1 has 9 - k lists. */
    private static final int[] FIRST_LIST = new int[Pages.LOG2_PER_REGION + 1];

    static {
        for (int log2 = 0; log2 < Pages.LOG2_PER_REGION; log2++) {
            FIRST_LIST[log2 + 1] = FIRST_LIST[log2] + ((Pages.LOG2_PER_REGION - log2) << log2);
        }
    }

    private final NumberedLists lists = new NumberedLists(FIRST_LIST[Pages.LOG2_PER_REGION]);

    /** Makes room for the regions 0 to {@code regionCount - 1}. */
    void reserve(int regionCount) {
        lists.reserve(regionCount);
    }

    /** Moves a region to the bin of its free pages, or out of all bins if it is full, empty or a hole (0 and 0). */
    void update(int region, int longestFreeStretch, int freePageCount) {
        lists.move(region, listFor(longestFreeStretch, freePageCount));
    }

    private static int listFor(int longest, int freePageCount) {
        if (longest == 0 || longest == FreePages.PAGE_COUNT) {
            return NONE;
        }
        return firstListFor(longest) + log2(freePageCount) - log2(longest);
    }

    private static int firstListFor(int longest) {
        int log2 = log2(longest);
        return FIRST_LIST[log2] + (longest - (1 << log2)) * (Pages.LOG2_PER_REGION - log2);
    }

    private static int log2(int value) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(value);
    }

    /** {@return the region in use for a run, or -1 if none has a stretch that long} */
    int choose(int pageCount) {
        return lists.firstFrom(firstListFor(pageCount));
    }

    /** {@return the region after another in packing order, or -1} */
    int chooseAfter(int region) {
        return lists.after(region);
    }

    /** {@return whether a region is in the bin of its free pages} */
    boolean isInPlace(int region, int longestFreeStretch, int freePageCount) {
        return lists.listOf(region) == listFor(longestFreeStretch, freePageCount);
    }

    long metadataByteSize() {
        return 16 + lists.metadataByteSize();
    }
}
