package dev.ashlar.recording;

import dev.ashlar.memory.Backing;
import dev.ashlar.report.HeapStats;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** What a heap holds at one moment. */
@Name("dev.ashlar.HeapStatistics")
@Label("Heap Statistics")
@Description("What each open heap holds, in regular intervals")
@Registered
@Period("10 s")
@StackTrace(false)
final class HeapStatisticsEvent extends HeapEvent {
    @Label("Reserved")
    @DataAmount
    long reserved;

    @Label("Committed")
    @DataAmount
    long committed;

    @Label("Peak Committed")
    @DataAmount
    long peakCommitted;

    @Label("Live")
    @Description("What live blocks occupy")
    @DataAmount
    long live;

    @Label("Live Blocks")
    long liveBlocks;

    @Label("Free")
    @Description("Committed memory that no live block occupies")
    @DataAmount
    long free;

    @Label("Prepared")
    @Description("Committed ahead of need")
    @DataAmount
    long prepared;

    @Label("Withheld")
    @Description("Published in place and free: used again when the whole region is free")
    @DataAmount
    long withheld;

    @Label("Committed from hugetlb")
    @DataAmount
    long hugetlb;

    @Label("Committed from shmem-thp")
    @DataAmount
    long shmemThp;

    @Label("Committed from anon-thp")
    @DataAmount
    long anonThp;

    @Label("Committed in Small Pages")
    @DataAmount
    long small;

    @Label("Committed from secretmem")
    @DataAmount
    long secretmem;

    @Label("Metadata")
    @Description("The heap's own bookkeeping")
    @DataAmount
    long metadata;

    @Label("mprotect Calls")
    long mprotectCalls;

    void fill(String heapName, HeapStats stats) {
        heap = heapName;
        reserved = stats.reservedByteSize();
        committed = stats.committedByteSize();
        peakCommitted = stats.peakCommittedByteSize();
        live = stats.liveByteSize();
        liveBlocks = stats.liveBlockCount();
        free = stats.freeByteSize();
        prepared = stats.preparedByteSize();
        withheld = stats.withheldByteSize();
        hugetlb = committedFrom(Backing.HUGETLB, stats);
        shmemThp = committedFrom(Backing.SHMEM_THP, stats);
        anonThp = committedFrom(Backing.ANON_THP, stats);
        small = committedFrom(Backing.SMALL, stats);
        secretmem = committedFrom(Backing.SECRET, stats);
        metadata = stats.metadataByteSize();
        mprotectCalls = stats.mprotectCallCount();
    }

    private static long committedFrom(Backing backing, HeapStats stats) {
        return stats.committedByBacking().getOrDefault(backing, 0L);
    }
}
