package dev.ashlar.bench.rivals;

import dev.ashlar.memory.Backing;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.tool.memory.BlockMemory;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** Describes for a result what kind of pages a heap is made of. */
public final class BackingNote {

    private BackingNote() {}

    /**
     * {@return a note such as {@code hugetlb+small, pool of 64}: the backings in use, best first, and the size of the
     * huge-page pool; no note for other allocators than Ashlar}
     */
    public static Map<String, String> of(BlockMemory memory) {
        return memory.stats().map(stats -> Map.of("backing", words(stats))).orElse(Map.of());
    }

    private static String words(HeapStats stats) {
        long pool = HugePageSettings.read().pool().map(HugePageSettings.Pool::total).orElse(0L);
        return Arrays.stream(Backing.values())
                .filter(stats.committedByBacking()::containsKey)
                .map(Backing::label)
                .collect(Collectors.joining("+")) + ", pool of " + pool;
    }
}
