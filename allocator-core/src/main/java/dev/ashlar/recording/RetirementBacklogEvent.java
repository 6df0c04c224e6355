package dev.ashlar.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import org.jspecify.annotations.Nullable;

/** Retired blocks wait for threads. */
@Name("dev.ashlar.RetirementBacklog")
@Label("Retirement Backlog")
@Description("Retired blocks wait for threads; recorded at each 64th retired block, and when no more may wait")
@Registered
final class RetirementBacklogEvent extends HeapEvent {
    @Label("Blocks")
    int blockCount;

    @Label("Largest Number")
    int largestCount;

    @Label("Full")
    @Description("Whether the heap refused to retire a block")
    boolean isFull;

    @Label("Threads")
    @Description("Those that hold up the block that has waited longest")
    @Nullable String threads;
}
