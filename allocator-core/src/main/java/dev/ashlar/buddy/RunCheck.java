package dev.ashlar.buddy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Compares the indexes of a {@link RunAllocator} with its buddies, region by region. Slow: for tests. */
public final class RunCheck {
    private final RunAllocator runs;

    private RunCheck(RunAllocator runs) {
        this.runs = runs;
    }

    /** Checks that the buddies, the bins, the boundaries, the holes and the counts agree. */
    public static void check(RunAllocator runs) {
        new RunCheck(runs).run();
    }

    private void run() {
        long free = 0;
        int committed = 0;
        int empty = 0;
        for (int region = 0; region < runs.buddies.length; region++) {
            Buddy buddy = runs.buddies[region];
            if (buddy != null) {
                buddy.checkInvariants();
                committed++;
                empty += buddy.isEmpty() ? 1 : 0;
                free += buddy.freePageCount();
            }
            checkIndexes(region, buddy);
        }
        int[] counted = {committed, empty, (int) free};
        int[] kept = {runs.committedRegionCount(), runs.emptyRegionCount(), (int) runs.freePageCount()};
        if (!Arrays.equals(counted, kept)) {
            throw new IllegalStateException(
                    "counted " + Arrays.toString(counted) + " kept " + Arrays.toString(kept));
        }
    }

    private void checkIndexes(int region, @Nullable Buddy buddy) {
        if (runs.holes.get(region) != (buddy == null)) {
            throw new IllegalStateException("region " + region + " is wrong among the holes");
        }
        if (runs.emptyRegions.get(region) != (buddy != null && buddy.isEmpty())) {
            throw new IllegalStateException("region " + region + " is wrong among the empty regions");
        }
        int longest = buddy == null ? 0 : buddy.longestFreeStretch();
        int freePages = buddy == null ? 0 : buddy.freePageCount();
        boolean isCold = runs.cold.contains(region);
        boolean inPlace = runs.bins.isInPlace(region, isCold ? 0 : longest, isCold ? 0 : freePages)
                && runs.cold.isInPlace(region, isCold ? longest : 0, isCold ? freePages : 0);
        if (!inPlace || (isCold && (buddy == null || buddy.isEmpty()))) {
            throw new IllegalStateException("region " + region + " is in the wrong bin");
        }
        boolean isIndexed = buddy != null && !isCold;
        runs.boundaries.check(region, isIndexed ? buddy.leadingFree() : 0, isIndexed ? buddy.trailingFree() : 0);
    }
}
