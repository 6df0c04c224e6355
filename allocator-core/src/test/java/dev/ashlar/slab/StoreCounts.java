package dev.ashlar.slab;

import dev.ashlar.buddy.RunCounts;

/** Everything a {@link BlockStore} counts, to compare before and after. */
record StoreCounts(long liveBlocks, long liveBytes, CutSpace cutSpace, RunCounts runs) {

    static StoreCounts of(BlockStore store) {
        return new StoreCounts(
                store.liveBlockCount(),
                store.liveByteSize(),
                store.cutSpace(),
                RunCounts.of(store.runs()));
    }
}
