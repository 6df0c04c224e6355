package dev.ashlar.bench.suite;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who takes part: ours or a rival, in one setting.
 *
 * @param name in results, such as {@code jemalloc}; one of a kind within an experiment
 * @param setting what its memory is meant to be, such as {@code THP always}; empty where the process will say
 * @param parameters what the task is told on top of its own parameters
 * @param environment variables of its process
 * @param ownTask what its process does instead of the experiment's task; empty for the same as everyone
 */
public record Contender(String name, String setting, Map<String, String> parameters, Map<String, String> environment,
        Optional<Task> ownTask) {

    /** The task's parameter that names the memory. */
    private static final String MEMORY = "memory";

    /** Copies the maps. */
    public Contender {
        parameters = Map.copyOf(parameters);
        environment = Map.copyOf(environment);
    }

    /** {@return the memory of this name} */
    static Contender of(String name, String setting) {
        return new Contender(name, setting, Map.of(MEMORY, name), Map.of(), Optional.empty());
    }

    /** {@return the same under another name, told one thing more} */
    Contender told(String newName, String parameter, String value) {
        Map<String, String> more = new TreeMap<>(parameters);
        more.put(parameter, value);
        return new Contender(newName, setting, more, environment, ownTask);
    }

    /** {@return the same under another name, in a process with more variables} */
    Contender in(String newName, String newSetting, Map<String, String> variables) {
        Map<String, String> more = new TreeMap<>(environment);
        more.putAll(variables);
        return new Contender(newName, newSetting, parameters, more, ownTask);
    }

    /** {@return the same under another name, doing the same in another way} */
    Contender doing(String newName, Task task) {
        return new Contender(newName, setting, Map.of(), environment, Optional.of(task));
    }
}
