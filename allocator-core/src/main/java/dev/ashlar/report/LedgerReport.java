package dev.ashlar.report;

import dev.ashlar.memory.Domain;
import java.time.Duration;
import java.util.List;

/**
 * What was done to the permissions of a heap's pages since it was built, all zones together. On write paths other than
 * {@link dev.ashlar.memory.WritePath#IN_PLACE} everything is 0: no permission ever changes.
 *
 * @param changesAsked changes that blocks would have needed one by one: each publish, and each free of code
 * that was published
 * @param mprotectCallCount mprotect calls made instead, refused ones included
 * @param splitCount huge mappings split by a change inside a region
 * @param healedCount split regions made huge again by MADV_COLLAPSE
 * @param healFailureCount times that the kernel did not do so
 * @param timeSplit time that regions spent split, summed over the regions, up to now
 * @param splitRegions regions that are split now
 */
public record LedgerReport(
        long changesAsked,
        long mprotectCallCount,
        long splitCount,
        long healedCount,
        long healFailureCount,
        Duration timeSplit,
        List<SplitRegion> splitRegions) {

    /** Copies the list, so that a report never changes. */
    public LedgerReport {
        splitRegions = List.copyOf(splitRegions);
    }

    /**
     * A region that is split.
     *
     * @param domain what its zone is for
     * @param index its place in the zone
     * @param publishedPageCount pages of it that are published, of 512
     * @param splitCount how often it was split since it was last empty
     */
    public record SplitRegion(Domain domain, int index, int publishedPageCount, int splitCount) {}

    /** {@return calls that were saved by merging changes or by avoiding them} */
    public long callsSaved() {
        return Math.max(0, changesAsked - mprotectCallCount);
    }
}
