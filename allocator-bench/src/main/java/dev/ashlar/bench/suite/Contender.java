package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.Rival;
import java.util.Map;
import java.util.Optional;

/**
 * A memory in one setting, as it takes part in an experiment.
 *
 * @param name the name in results, such as {@code jemalloc}; unique within an experiment
 * @param setting the requested kind of pages, such as {@code THP on}; empty if the process reports it
 * @param parameters added to the parameters of the task
 * @param environment variables of the process
 * @param ownTask replaces the task of the experiment; empty for the task of all
 */
public record Contender(String name, String setting, Map<String, String> parameters, Map<String, String> environment,
        Optional<Task> ownTask) {

    /** {@return a contender for the memory with this name} */
    public static Contender of(String name, String setting) {
        return new Contender(name, setting, Map.of("memory", name), Rival.environment(), Optional.empty());
    }
}
