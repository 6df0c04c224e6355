package dev.ashlar.tool.replay;

import java.util.List;

/**
 * The result of the replay of one trace. Names and meanings are those of the JSON that the command prints.
 *
 * @param events events of the trace, as read
 * @param copies copies of the trace that each thread interleaved
 * @param repeat timed passes
 * @param replaysPerPass how often a timed pass replays the trace: more than once if the trace is short
 * @param verified whether the contents of each object were checked
 * @param nsPerEvent a thread's time for one event, median over the timed passes
 * @param peakLiveBytes most requested bytes live at once
 * @param peakCommittedBytes most bytes of committed regions at once, each physical byte once
 * @param metadataBytes the heap's own bookkeeping at that moment, native and Java heap
 * @param regions committed at that moment
 * @param vmasBefore VMAs inside the heap's own reservation after it was built
 * @param vmasAfter the same at the peak
 * @param processVmasBefore VMAs of the whole process after the heap was built
 * @param mprotectCalls made by the heap, from its build to the end of the last pass
 * @param intendedHugeBytes 2 MiB x committed regions of huge backings x views, at the peak
 * @param hugeBytes the part of these that the kernel maps huge at the same moment
 * @param pmdSplits regions that had been PMD-mapped and were found not to be, over the whole replay
 * @param thpSplitPmdDelta the same as counted by the system, for all processes
 * @param backing the backings in use at the peak, joined by a plus sign
 * @param javaBytesPerEvent garbage of the replaying threads in the timed passes
 * @param violations mappings that break W^X or the heap's own layout; empty if there are none
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
        List<String> violations) {}
