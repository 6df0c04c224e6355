package dev.ashlar.buddy;

import dev.ashlar.region.Pages;
import java.util.BitSet;

/** Commits adjacent regions: for a run that is longer than a region, or ahead of need on request. Not thread-safe. */
final class AdjacentRegions {
    private final RunAllocator runs;

    AdjacentRegions(RunAllocator runs) {
        this.runs = runs;
    }

    /** {@return the first page of the place that needs the fewest commits, all regions of it committed, or -1} */
    int commitFor(int pageCount, int log2PageAlignment) {
        int page = find(pageCount, log2PageAlignment);
        return page >= 0 && commitAllOrNone(page, pageCount) ? page : -1;
    }

    /** {@return the first page of empty regions, or -1; regions that were committed before a refusal stay} */
    int commitEmpty(int regionCount) {
        int pageCount = Pages.firstOf(regionCount);
        int page = find(pageCount, RunAllocator.MAX_ORDER);
        return page >= 0 && commitHoles(page, pageCount) ? page : -1;
    }

    private int find(int pageCount, int log2PageAlignment) {
        runs.next().adopt();
        return runs.boundaries.findLong(pageCount, log2PageAlignment, runs.holes, runs.buddies.length);
    }

    /** Commits the holes in a range of pages, up to the first refusal. */
    private boolean commitHoles(int firstPage, int pageCount) {
        int lastRegion = Pages.regionOf(firstPage + pageCount - 1);
        int hole = runs.holes.nextSetBit(Pages.regionOf(firstPage));
        while (hole >= 0 && hole <= lastRegion) {
            if (!runs.commit(hole)) {
                return false;
            }
            hole = runs.holes.nextSetBit(hole);
        }
        return true;
    }

    /** Works as {@link #commitHoles}, but after a refusal releases what it committed, if the source takes it back. */
    private boolean commitAllOrNone(int firstPage, int pageCount) {
        BitSet before = (BitSet) runs.holes.clone();
        if (commitHoles(firstPage, pageCount)) {
            return true;
        }
        before.andNot(runs.holes);
        before.stream().forEach(runs::release);
        return false;
    }
}
