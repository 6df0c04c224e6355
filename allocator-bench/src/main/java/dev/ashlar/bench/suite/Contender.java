package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.Rival;
import java.util.Map;

/**
 * A memory in one setting, as it takes part in an experiment.
 *
 * @param name the name in results, such as {@code jemalloc}; unique within an experiment
 * @param setting the requested kind of pages, such as {@code THP on}; empty if the process reports it
 * @param parameters added to the parameters of the task
 * @param environment variables of the process
 */
public record Contender(String name, String setting, Map<String, String> parameters, Map<String, String> environment) {

    /** The name of Ashlar as it was at an earlier commit. */
    public static final String BEFORE = "before";

    /** {@return a contender for the memory with this name} */
    public static Contender of(String name, String setting) {
        return new Contender(name, setting, Map.of("memory", name), Rival.environment());
    }

    /** {@return whether the process runs with the allocator of an earlier commit} */
    boolean isBefore() {
        return name.equals(BEFORE);
    }

    /** {@return whether the work is a loop in C++ instead of the task of the experiment} */
    boolean isNativeLoop() {
        return name.contains(Contenders.NATIVE);
    }
}
