package dev.ashlar.bench.suite;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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

    /** Copies the maps. */
    public Contender {
        parameters = Map.copyOf(parameters);
        environment = Map.copyOf(environment);
    }

    /** {@return a contender for the memory with this name} */
    public static Contender of(String name, String setting) {
        return new Contender(name, setting, Map.of("memory", name), Map.of(), Optional.empty());
    }

    /** {@return the same contender with another name and one more parameter} */
    Contender withParameter(String newName, String parameter, String value) {
        Map<String, String> more = new TreeMap<>(parameters);
        more.put(parameter, value);
        return new Contender(newName, setting, more, environment, ownTask);
    }

    /** {@return the same contender with another name, and more variables for its process} */
    Contender withEnvironment(String newName, String newSetting, Map<String, String> variables) {
        Map<String, String> more = new TreeMap<>(environment);
        more.putAll(variables);
        return new Contender(newName, newSetting, parameters, more, ownTask);
    }

    /** {@return the same contender with another name and its own task} */
    Contender withTask(String newName, Task task) {
        return new Contender(newName, setting, Map.of(), environment, Optional.of(task));
    }
}
