package dev.ashlar.tool.replay;

import java.util.List;

/**
 * What the replay of one trace took. Names and meanings are those of the JSON that the command prints.
 *
 * @param file the trace, as it was named
 * @param events events of the trace, as read
 * @param allocations allocations among them
 * @param frees frees among them
 * @param threads threads that replayed side by side
 * @param copies copies of the trace that each thread interleaved
 * @param repeat timed passes
 * @param replaysPerPass how often a timed pass replays the trace: more than once where the trace is short
 * @param written whether objects were written and published
 * @param verified whether the contents of every object were checked
 * @param nsPerEvent a thread's time for one event, median over the timed passes
 * @param peakLiveBytes most bytes asked for and live at once
 * @param peakCommittedBytes most bytes of committed regions at once, each physical byte once
 * @param metadataBytes the heap's own bookkeeping at that moment, native and Java heap
 * @param regions committed at that moment
 * @param vmasBefore VMAs inside the heap's own reservation after it was built
 * @param vmasAfter the same at the peak
 * @param processVmasBefore VMAs of the whole process after the heap was built
 * @param processVmasAfter the same at the peak
 * @param mprotectCalls made by the heap, from its build to the end of the last pass
 * @param intendedHugeBytes 2 MiB x committed regions of huge backings x views, at the peak
 * @param hugeBytes what the kernel says of the same ranges at the same moment
 * @param pmdSplits regions found not PMD-mapped that had been, over the whole replay
 * @param thpSplitPmdDelta the same as counted by the system, for all processes
 * @param backing the backings in use at the peak, joined by a plus sign
 * @param writePath how code got into the memory
 * @param javaBytesPerEvent garbage of the replaying threads in the timed passes
 * @param violations mappings that break W^X or the heap's own layout; empty as long as all is well
 */
public record ReplayResult(
        String file,
        int events,
        int allocations,
        int frees,
        int threads,
        int copies,
        int repeat,
        int replaysPerPass,
        boolean written,
        boolean verified,
        double nsPerEvent,
        long peakLiveBytes,
        long peakCommittedBytes,
        long metadataBytes,
        int regions,
        int vmasBefore,
        int vmasAfter,
        int processVmasBefore,
        int processVmasAfter,
        long mprotectCalls,
        long intendedHugeBytes,
        long hugeBytes,
        long pmdSplits,
        long thpSplitPmdDelta,
        String backing,
        String writePath,
        double javaBytesPerEvent,
        List<String> violations) {

    /** Copies the list, so that a result never changes. */
    public ReplayResult {
        violations = List.copyOf(violations);
    }
}
