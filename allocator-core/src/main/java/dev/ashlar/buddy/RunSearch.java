package dev.ashlar.buddy;

import dev.ashlar.region.Pages;

/**
 * Chooses the place of a run among the committed regions: in one in use, across a boundary, in an empty one, in this
 * order. Changes nothing. Not thread-safe.
 */
final class RunSearch {
    /** How many regions an aligned run tries before it takes one in which the alignment fits for sure. */
    private static final int ALIGNED_TRIAL_COUNT = 64;

    private final RunAllocator runs;
    /** Whether runs go to the start of a stretch, whatever buddy blocks it consists of. */
    private final boolean upwards;

    RunSearch(RunAllocator runs, boolean upwards) {
        this.runs = runs;
        this.upwards = upwards;
    }

    /** {@return the first page of a place in committed regions for a run of at most a region, or -1} */
    int find(int pageCount, int log2PageAlignment) {
        int page = log2PageAlignment == 0 ? findInUse(pageCount) : findInUseAligned(pageCount, log2PageAlignment);
        if (page >= 0) {
            return page;
        }
        int empty = runs.emptyRegions.nextSetBit(0);
        boolean stays = pageCount <= Boundaries.LARGEST_INSIDE || (empty >= 0 && Boundaries.fillsRegions(pageCount));
        int crossing = stays ? -1 : runs.boundaries.find(pageCount, log2PageAlignment);
        return crossing >= 0 || empty < 0 ? crossing : Pages.firstOf(empty);
    }

    private int findInUse(int pageCount) {
        int region = runs.bins.choose(pageCount);
        return region < 0 ? -1 : pageIn(region, find(runs.buddyOf(region), pageCount, 0));
    }

    /** A stretch of sufficient length may not fit the alignment: try some, then a longer one. */
    private int findInUseAligned(int pageCount, int log2PageAlignment) {
        int region = runs.bins.choose(pageCount);
        for (int trial = 0; region >= 0 && trial < ALIGNED_TRIAL_COUNT; trial++) {
            int page = find(runs.buddyOf(region), pageCount, log2PageAlignment);
            if (page >= 0) {
                return pageIn(region, page);
            }
            region = runs.bins.chooseAfter(region);
        }
        int sufficient = pageCount + (1 << log2PageAlignment) - 1;
        region = region < 0 || sufficient >= Pages.PER_REGION ? -1 : runs.bins.choose(sufficient);
        return region < 0 ? -1 : pageIn(region, find(runs.buddyOf(region), pageCount, log2PageAlignment));
    }

    private int find(Buddy buddy, int pageCount, int log2PageAlignment) {
        return upwards
                ? buddy.findLowest(pageCount, log2PageAlignment)
                : buddy.find(pageCount, log2PageAlignment);
    }

    private static int pageIn(int region, int page) {
        assert page >= 0 : "region " + region + " was chosen and has no room";
        return Pages.firstOf(region) + page;
    }

    /** {@return a place in a region for cold runs, or -1} */
    int findAmongCold(int pageCount, int log2PageAlignment) {
        int region = runs.cold.choose(pageCount);
        int page = region < 0 ? -1 : find(runs.buddyOf(region), pageCount, log2PageAlignment);
        return page < 0 ? -1 : pageIn(region, page);
    }
}
