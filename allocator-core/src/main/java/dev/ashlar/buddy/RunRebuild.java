package dev.ashlar.buddy;

import dev.ashlar.region.Pages;
import java.util.Arrays;

/**
 * Rebuilds a {@link RunAllocator} from the regions that its source has and the runs that are in use, after an Error cut
 * a change short. If an Error cuts this short as well, begin anew. Not thread-safe.
 */
public final class RunRebuild {
    private final RunAllocator runs;

    /**
     * Forgets all runs: every page of a committed region is free. The caller takes the runs that are in use again, then
     * calls {@link #end}.
     */
    public RunRebuild(RunAllocator runs) {
        this.runs = runs;
        runs.source.recover();
        ColdRegions before = runs.cold;
        runs.bins = new RegionBins();
        runs.boundaries = new Boundaries();
        runs.cold = new ColdRegions();
        runs.withheld = runs.source.publishesInPlace() ? new Withheld() : null;
        runs.holes.set(0, runs.buddies.length);
        runs.emptyRegions.clear();
        runs.committedRegionCount = 0;
        runs.emptyRegionCount = 0;
        runs.freePageCount = 0;
        Arrays.fill(runs.buddies, null);
        for (int region = 0; region < runs.buddies.length; region++) {
            if (runs.source.isCommitted(region)) {
                runs.add(region, runs.prepare(region));
                if (before.contains(region)) {
                    runs.cold.add(region);
                }
            }
        }
    }

    /** Takes a run that is in use. */
    public void take(int firstPage, int pageCount) {
        runs.take(firstPage, pageCount);
    }

    /** Ends the rebuild. */
    public void end() {
        for (int region = 0; region < runs.buddies.length; region++) {
            Buddy buddy = runs.buddies[region];
            if (buddy == null) {
                continue;
            }
            withholdPublished(region, buddy);
            if (buddy.isEmpty()) {
                runs.source.emptied(region);
                if (runs.cold.contains(region)) {
                    runs.cold.remove(region);
                }
            }
            runs.note(region, buddy);
        }
    }

    /** Withholds the free pages of a region that are published in place. */
    private void withholdPublished(int region, Buddy buddy) {
        Withheld withheld = runs.withheld;
        if (withheld == null) {
            return;
        }
        boolean wasEmpty = buddy.isEmpty();
        for (int page = 0; page < Pages.PER_REGION; page++) {
            if (buddy.freeFrom(page) > 0 && !runs.source.isOpen(Pages.firstOf(region) + page, 1)) {
                buddy.take(page, 1);
                withheld.add(region, page, 1);
                runs.freePageCount--;
            }
        }
        runs.freePageCount += withheld.giveBackIfAllFree(region, buddy);
        if (wasEmpty != buddy.isEmpty()) {
            runs.emptyRegions.set(region, buddy.isEmpty());
            runs.emptyRegionCount += buddy.isEmpty() ? 1 : -1;
        }
    }
}
