package dev.ashlar.bench.suite;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * The work of the process that takes one sample.
 *
 * @param kind what kind of process it is
 * @param name a benchmark class or one of its methods in {@code dev.ashlar.bench.jmh}, or a class in
 *     {@code dev.ashlar.bench.probe}
 * @param threads threads of a benchmark
 * @param parameters values of the benchmark's {@code @Param} fields, or arguments of the probe
 * @param jvmOptions the collector and other options of the JVM, separated by spaces
 */
public record Task(Kind kind, String name, int threads, Map<String, String> parameters, String jvmOptions) {

    /** The serial collector has no threads that would take a core away. */
    private static final String SERIAL = "-XX:+UseSerialGC";

    /** The kinds of processes. */
    public enum Kind {
        /** One fork of a benchmark of a steady state. */
        JMH,
        /** One fork of a benchmark that measures once in a process. */
        JMH_ONCE,
        /** A probe of time, compiled as well as possible. */
        TIME_PROBE,
        /** A probe of memory, compiled simply, because the optimizing compiler uses megabytes while it works. */
        MEMORY_PROBE
    }

    /** {@return a fork of a benchmark of a steady state} */
    public static Task jmh(String benchmark, int threads, Map<String, ?> parameters) {
        return new Task(Kind.JMH, benchmark, threads, text(parameters), SERIAL);
    }

    /** {@return a fork of a benchmark that measures once in a process} */
    static Task once(String benchmark) {
        return new Task(Kind.JMH_ONCE, benchmark, 1, Map.of(), SERIAL);
    }

    static Task probe(Kind kind, String name, Map<String, ?> parameters) {
        return new Task(kind, name, 1, text(parameters), SERIAL);
    }

    /** {@return the same work in a JVM with these options instead} */
    Task in(String options) {
        return new Task(kind, name, threads, parameters, options);
    }

    private static Map<String, String> text(Map<String, ?> parameters) {
        return parameters.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey,
                parameter -> parameter.getValue().toString()));
    }
}
