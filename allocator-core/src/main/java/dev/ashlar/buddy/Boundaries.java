package dev.ashlar.buddy;

import dev.ashlar.region.Pages;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The free pages on both sides of each boundary between regions, for runs that cross one. Boundary {@code r} lies
 * between the regions {@code r} and {@code r + 1}.
 *
 * <p>A boundary is a place for a run if both sides have free pages and the regions are not both empty. Lists hold the
 * places by length, eight lengths to a list, so that a short sufficient one is found in constant time. Not thread-safe.
 */
final class Boundaries {
    /**
     * The longest run, in pages, that never crosses a boundary. A crossing run keeps two regions committed; one that
     * does not cross may waste up to its own length, less one page, at the end of its region: here at most a sixteenth.
     */
    static final int LARGEST_INSIDE = Pages.PER_REGION / 16;

    private static final int NONE = NumberedLists.NONE;
    private static final int PAGE_COUNT = FreePages.PAGE_COUNT;

    /** Lengths per list. One list for each length would take more memory than all else here in most heaps. */
    private static final int LOG2_LENGTHS_PER_LIST = 3;

    /** How many places a run tries in the list of its own length before it takes a longer one, which fits for sure. */
    private static final int TRIAL_COUNT = 64;

    final NumberedLists places = new NumberedLists((2 * PAGE_COUNT) >> LOG2_LENGTHS_PER_LIST);
    /** Free pages at the start and the end of each region; 0 for a hole. */
    private short[] leading = new short[0];

    private short[] trailing = new short[0];

    /** Makes room for the regions 0 to {@code regionCount - 1}. */
    void reserve(int regionCount) {
        if (regionCount > leading.length) {
            int after = Math.max(regionCount, leading.length + Math.max(8, leading.length / 2));
            short[] moreLeading = Arrays.copyOf(leading, after);
            trailing = Arrays.copyOf(trailing, after);
            leading = moreLeading;
        }
        places.reserve(regionCount);
    }

    /**
     * {@return whether runs of this length alone would fill a region to fifteen sixteenths} Such runs gain little from
     * crossing a boundary, and a crossing run keeps one more region in use.
     */
    static boolean fillsRegions(int pageCount) {
        if (pageCount <= PAGE_COUNT) {
            return PAGE_COUNT % pageCount <= PAGE_COUNT / 16;
        }
        int rest = pageCount % PAGE_COUNT;
        return rest == 0 || PAGE_COUNT - rest <= pageCount / 16;
    }

    /** Records how many pages are free at both ends of a region; 0 and 0 for a hole. */
    void update(int region, int leadingFree, int trailingFree) {
        if (leading[region] != leadingFree) {
            leading[region] = (short) leadingFree;
            if (region > 0) {
                move(region - 1);
            }
        }
        if (trailing[region] != trailingFree) {
            trailing[region] = (short) trailingFree;
            move(region);
        }
    }

    private void move(int boundary) {
        places.move(boundary, listFor(boundary));
    }

    private int listFor(int boundary) {
        int before = trailing(boundary);
        int after = leading(boundary + 1);
        boolean isPlace = before > 0 && after > 0 && before + after < 2 * PAGE_COUNT;
        return isPlace ? (before + after) >> LOG2_LENGTHS_PER_LIST : NONE;
    }

    /** {@return free pages at the start of a region} */
    int leading(int region) {
        return region < leading.length ? leading[region] : 0;
    }

    /** {@return free pages at the end of a region} */
    int trailing(int region) {
        return region < trailing.length ? trailing[region] : 0;
    }

    /**
     * Finds a place across a boundary for {@code pageCount} pages that start at a multiple of {@code 2^log2Alignment}:
     * one of the shortest, to eight pages.
     *
     * @return the first page, counted through the span, or -1
     */
    int find(int pageCount, int log2Alignment) {
        int needed = pageCount + (1 << log2Alignment) - 1;
        int list = needed >> LOG2_LENGTHS_PER_LIST;
        int boundary = places.firstFrom(list);
        for (int trial = 1; boundary != NONE; trial++) {
            if (trailing(boundary) + leading(boundary + 1) >= needed) {
                return pageAt(boundary, pageCount, log2Alignment);
            }
            boundary = trial < TRIAL_COUNT ? places.after(boundary) : places.firstFrom(list + 1);
        }
        return NONE;
    }

    /** Use up the shorter side, so that an empty region stays in one piece. */
    private int pageAt(int boundary, int pageCount, int log2Alignment) {
        int middle = (boundary + 1) * PAGE_COUNT;
        int start = middle - trailing(boundary);
        int end = middle + leading(boundary + 1);
        if (trailing(boundary) <= leading(boundary + 1)) {
            return FreePages.alignUp(start, log2Alignment);
        }
        return ((end - pageCount) >> log2Alignment) << log2Alignment;
    }

    /**
     * Finds a place for a run over several regions, including holes, that needs the fewest commits. Among equals it
     * takes the lowest, or for a run that fills its regions the lowest at the start of a region. Linear in the number
     * of regions.
     *
     * @return the first page, counted through the span, or -1
     */
    int findLong(int pageCount, int log2Alignment, BitSet holes, int regionCount) {
        int best = NONE;
        int bestCost = Integer.MAX_VALUE;
        boolean fillsRegions = fillsRegions(pageCount);
        int after;
        for (int region = 0; region < regionCount; region = after) {
            // A row of pages that are free or in holes: from the end of this region to the start of the next used one.
            after = region + 1;
            while (after < regionCount && (holes.get(after) || leading(after) == PAGE_COUNT)) {
                after++;
            }
            int start = (region + 1) * PAGE_COUNT - (holes.get(region) ? PAGE_COUNT : trailing(region));
            int end = after * PAGE_COUNT + (after < regionCount ? leading(after) : 0);
            int missing = 0;
            int counted = region;
            // Within a region the lowest start is best: from a later one the run reaches at least as many regions.
            int page = FreePages.alignUp(start, log2Alignment);
            while (page + pageCount <= end) {
                int first = page / PAGE_COUNT;
                for (counted = Math.max(counted, first); counted * PAGE_COUNT < page + pageCount; counted++) {
                    missing += holes.get(counted) ? 1 : 0;
                }
                int cost = 2 * missing + (fillsRegions && page % PAGE_COUNT != 0 ? 1 : 0);
                if (cost < bestCost) {
                    best = page;
                    bestCost = cost;
                }
                missing -= holes.get(first) ? 1 : 0;
                page = (first + 1) * PAGE_COUNT;
            }
        }
        return best;
    }

    /** Checks the records of a region and of the boundary after it. */
    void check(int region, int leadingFree, int trailingFree) {
        boolean noted = leading(region) == leadingFree && trailing(region) == trailingFree;
        if (!noted || places.listOf(region) != listFor(region)) {
            throw new IllegalStateException("boundaries corrupted: region=" + region);
        }
    }

    long metadataByteSize() {
        return 24 + 2 * 16 + 4L * leading.length + places.metadataByteSize();
    }
}
