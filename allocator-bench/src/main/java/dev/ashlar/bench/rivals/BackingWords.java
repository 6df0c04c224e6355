package dev.ashlar.bench.rivals;

import dev.ashlar.HeapStats;
import dev.ashlar.memory.Backing;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What a heap's memory is made of, in words for a result. */
public final class BackingWords {

    private BackingWords() {}

    /** {@return the backings in use, best first, such as {@code hugetlb+small}} */
    public static String of(HeapStats stats) {
        return Arrays.stream(Backing.values())
                .filter(stats.committedByBacking()::containsKey)
                .map(Backing::label)
                .collect(Collectors.joining("+"));
    }
}
