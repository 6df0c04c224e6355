package dev.ashlar.report;

import dev.ashlar.memory.Domain;
import java.time.Duration;
import java.util.List;

/**
 * The permission changes of a heap's pages since it was built, in all zones. On write paths other than
 * {@link dev.ashlar.memory.WritePath#IN_PLACE} everything is 0, because no permission ever changes.
 *
 * @param changesAsked changes that the blocks would have needed one by one: each publish, and each free of published
 *     code
 * @param mprotectCallCount mprotect calls made instead, including those that the kernel refused
 * @param splitCount huge mappings split by a change inside a region
 * @param healedCount split regions made huge again by MADV_COLLAPSE
 * @param healFailureCount collapses that the kernel refused
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

    /** {@return the calls that merging or avoiding changes has saved} */
    public long callsSaved() {
        return Math.max(0, changesAsked - mprotectCallCount);
    }
}
