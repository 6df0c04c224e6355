package dev.ashlar.bench.suite;

import java.util.Map;
import java.util.TreeMap;

/**
 * Who takes part: ours or a rival, in one setting.
 *
 * @param name in results, such as {@code jemalloc}; one of a kind within an experiment
 * @param setting what was asked of the host for it, such as {@code THP off}; empty where nothing was
 * @param parameters what the task is told on top of its own parameters
 * @param environment variables of its process
 */
public record Contender(
        String name, String setting, Map<String, String> parameters, Map<String, String> environment) {

    /** The task's parameter that names the memory. */
    static final String MEMORY = "memory";

    /** Copies the maps. */
    public Contender {
        parameters = Map.copyOf(parameters);
        environment = Map.copyOf(environment);
    }

    /** {@return the memory of this name, as it comes} */
    static Contender of(String name) {
        return new Contender(name, "", Map.of(MEMORY, name), Map.of());
    }

    /** {@return the same under another name, with a parameter more} */
    Contender with(String newName, String newSetting, String parameter, String value) {
        Map<String, String> more = new TreeMap<>(parameters);
        more.put(parameter, value);
        return new Contender(newName, newSetting, more, environment);
    }

    /** {@return the same under another name, in a process with a variable set} */
    Contender in(String newName, String newSetting, String variable, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(variable, value);
        return new Contender(newName, newSetting, parameters, more);
    }
}
