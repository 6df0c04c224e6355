package dev.ashlar.tool.mappings;

import dev.ashlar.report.LedgerReport;
import org.jspecify.annotations.Nullable;

/**
 * What a workload did to the kernel's tables, as the JSON has it. Bytes and counts of regions are those of all views
 * together; committed bytes count memory once.
 *
 * @param vmasBefore VMAs of the process before the first function
 * @param grown when all functions of the first growth were live
 * @param halved when half of them had been freed
 * @param refilled when as many had been published again: the end of the workload
 * @param vmasAfter VMAs of the process after everything was freed
 */
public record CellFigures(
        Work work,
        Mprotect mprotect,
        int vmasBefore,
        Moment grown,
        Moment halved,
        Moment refilled,
        Moment healed,
        int vmasAfter,
        Throughout throughout,
        Splits splits,
        Times times) {

    /**
     * What was done.
     *
     * @param publications steps in which the functions were published
     * @param pageRuns runs of adjacent pages that the publications touched, added up
     * @param calls functions called, most of them several times
     * @param wrongResults calls that did not return what the function returns
     */
    public record Work(
            long functionsPublished,
            long functionsFreed,
            long publications,
            long pageRuns,
            long calls,
            long wrongResults) {}

    /**
     * The mprotect calls.
     *
     * @param load all from the first function to the last
     * @param publishing of these, the calls made by publishing; one by one, also those made by taking room
     * @param healing calls made by healing afterwards
     */
    public record Mprotect(long load, long publishing, long healing) {}

    /**
     * One moment.
     *
     * @param vmas VMAs of the method's views; of a mapping for each function, those that hold a live one
     * @param regions committed regions of 2 MiB, those of each view counted
     * @param intendedHugeBytes bytes of them that should be mapped by 2 MiB entries
     * @param hugeBytes bytes of these that are
     * @param splitRegions regions that should be huge and are not
     * @param mendableRegions those of them that could be huge: full, or without a live function
     * @param joints VMA boundaries inside regions
     * @param strayVmas VMAs with the permissions of the one before them that the kernel did not merge; none on hugetlb,
     *     where the kernel never merges
     */
    public record Moment(
            int vmas,
            int processVmas,
            int regions,
            long intendedHugeBytes,
            long hugeBytes,
            int splitRegions,
            int mendableRegions,
            int joints,
            int strayVmas,
            long committedBytes,
            long liveBytes) {

        /** {@return bytes of memory taken for each byte of a live function} */
        public double committedOverLive() {
            return (double) committedBytes / liveBytes;
        }
    }

    /**
     * The worst of all looks, most of which happen while publications are open.
     *
     * @param hugePercentMin least huge share of the memory that should be huge; null if no memory should be
     * @param jointedRegionsMax most regions with a joint at once
     */
    public record Throughout(
            int looks,
            @Nullable Double hugePercentMin,
            int vmasMax,
            int processVmasMax,
            int strayVmasMax,
            int jointsPerRegionMax,
            int jointedRegionsMax) {}

    /**
     * The splits of huge mappings.
     *
     * @param seen how often a look found a region newly split
     * @param perLifetimeMax most splits of one region between its commit and its end, or a moment without a live
     *     function
     * @param regionNanos how long regions were split, added up over the regions
     * @param runNanos how long the workload took, looks included
     * @param thpSplitPmd increase of the kernel's counter of split huge mappings, for the whole system
     * @param books what the ledger of a heap says; null for a naive method
     */
    public record Splits(
            int seen, int perLifetimeMax, long regionNanos, long runNanos, long thpSplitPmd, @Nullable Books books) {}

    /** The ledger of a heap. */
    public record Books(
            long splits, long healed, long healFailures, long splitNanos, long changesAsked, long callsSaved) {

        static Books of(LedgerReport ledger) {
            return new Books(ledger.splitCount(), ledger.healedCount(), ledger.healFailureCount(),
                    ledger.timeSplit().toNanos(), ledger.changesAsked(), ledger.callsSaved());
        }
    }

    /**
     * The times.
     *
     * @param nanosPerPublish to publish one function, including the commit of memory
     * @param healNanos to heal at the end
     */
    public record Times(double nanosPerPublish, double nanosPerFree, long healNanos) {}
}
