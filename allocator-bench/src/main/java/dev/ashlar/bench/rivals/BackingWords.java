package dev.ashlar.bench.rivals;

import dev.ashlar.memory.Backing;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.HugePageSettings;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What a heap's memory is made of, in words for a result. */
public final class BackingWords {

    private BackingWords() {}

    /** {@return the backings in use, best first, and the pool, such as {@code hugetlb+small, pool of 64}} */
    public static String of(HeapStats stats) {
        long pool = HugePageSettings.read().pool().map(HugePageSettings.Pool::total).orElse(0L);
        return backings(stats) + ", pool of " + pool;
    }

    private static String backings(HeapStats stats) {
        return Arrays.stream(Backing.values())
                .filter(stats.committedByBacking()::containsKey)
                .map(Backing::label)
                .collect(Collectors.joining("+"));
    }
}
