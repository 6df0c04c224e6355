package dev.ashlar.tool.permissions;

import dev.ashlar.report.LedgerReport;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one cell. Bytes and counts of regions are of all views together, committed bytes of the memory once.
 *
 * @param work what was done
 * @param mprotect mprotect calls made for it
 * @param vmasBefore VMAs of the process before the first function
 * @param grown once all functions of the first growth were live
 * @param halved once half of them had been freed
 * @param refilled once as many had been published again: the end of the load
 * @param healed after healing
 * @param throughout the worst of all looks from the first function to the last
 * @param splits huge mappings that were split on the way
 * @param times how long it took
 */
public record CellFigures(
        Work work,
        Mprotect mprotect,
        int vmasBefore,
        Moment grown,
        Moment halved,
        Moment refilled,
        Moment healed,
        Throughout throughout,
        Splits splits,
        Times times) {

    /**
     * What was done.
     *
     * @param functionsPublished functions made executable
     * @param functionsFreed functions freed
     * @param publications steps in which they were published
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
     * mprotect calls.
     *
     * @param load all from the first function to the last
     * @param publishing of these, what publishing made; one by one, where the two are not apart, what taking room made
     *     on the way is in it
     * @param healing what healing made afterwards
     */
    public record Mprotect(long load, long publishing, long healing) {}

    /**
     * One moment.
     *
     * @param vmas VMAs of the address space in question; of a mapping for each function those that hold a live one
     * @param processVmas VMAs of the process
     * @param regions committed regions of 2 MiB, those of each view counted
     * @param intendedHugeBytes what of it is meant to be mapped by 2 MiB entries
     * @param hugeBytes what of that is
     * @param splitRegions regions meant to be huge that are not
     * @param mendableRegions those of them that nothing stands in the way of: full, or without a live function
     * @param joints VMA boundaries inside regions
     * @param strayVmas VMAs that allow what the one before them allows, and are not one with it; on hugetlb the kernel
     *     never merges any, and none is counted
     * @param committedBytes memory taken
     * @param liveBytes bytes of live functions
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
     * The worst of all looks.
     *
     * @param looks how many there were, most of them while publications were open
     * @param hugePercentMin least share of the memory meant to be huge that was, in percent; null where none is meant
     * @param vmasMax most VMAs of the address space in question
     * @param processVmasMax most VMAs of the process
     * @param strayVmasMax most VMAs that allow what the one before them allows, and are not one with it
     * @param jointsPerRegionMax most VMA boundaries inside one region
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
     * Splits.
     *
     * @param seen regions that the looks found split, each time anew
     * @param perLifetimeMax most splits of one region between its commit and its end, or a moment without a live
     *     function
     * @param regionNanos how long regions were split, added up over the regions; to the look before the one that found
     *     it
     * @param runNanos how long the load took, looks included
     * @param thpSplitPmd what the kernel's counter of split huge mappings moved by, for the whole system
     * @param books what the way's own books say; null where it keeps none
     */
    public record Splits(
            int seen, int perLifetimeMax, long regionNanos, long runNanos, long thpSplitPmd, @Nullable Books books) {}

    /**
     * What the ledger of a heap says.
     *
     * @param splits huge mappings split
     * @param healed of those, made huge again
     * @param healFailures attempts that failed
     * @param splitNanos how long regions were split, added up
     * @param changesAsked permission changes asked for
     * @param callsSaved mprotect calls avoided
     */
    public record Books(
            long splits, long healed, long healFailures, long splitNanos, long changesAsked, long callsSaved) {

        static Books of(LedgerReport ledger) {
            return new Books(ledger.splitCount(), ledger.healedCount(), ledger.healFailureCount(),
                    ledger.timeSplit().toNanos(), ledger.changesAsked(), ledger.callsSaved());
        }
    }

    /**
     * Times, with all Java code compiled.
     *
     * @param nanosPerPublish to publish one function, memory being got on the way
     * @param nanosPerFree to free one function
     * @param healNanos to heal at the end
     */
    public record Times(double nanosPerPublish, double nanosPerFree, long healNanos) {}
}
