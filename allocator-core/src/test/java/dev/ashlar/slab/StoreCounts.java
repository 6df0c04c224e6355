package dev.ashlar.slab;

import dev.ashlar.buddy.RunCounts;

/** All counts of a {@link BlockStore}, to compare before and after. */
record StoreCounts(Census census, RunCounts runs) {

    static StoreCounts of(BlockStore store) {
        return new StoreCounts(store.census(), RunCounts.of(store.runs()));
    }
}
