package dev.ashlar.bench.suite;

import java.util.Map;

/** The work that a process does for one sample. */
public sealed interface Task {

    /** {@return what it is told, whoever takes part} */
    Map<String, String> parameters();

    /**
     * One fork of a JMH benchmark of a steady state.
     *
     * @param benchmark a class in {@code dev.ashlar.bench.jmh}
     * @param parameters values of its {@code @Param} fields; one value each
     * @param threads threads that run it side by side
     */
    record Jmh(String benchmark, Map<String, String> parameters, int threads) implements Task {
        /** Copies the map. */
        public Jmh {
            parameters = Map.copyOf(parameters);
        }
    }

    /**
     * One fork of a JMH benchmark that can be measured once in a process and sets its own pace.
     *
     * @param benchmark a class in {@code dev.ashlar.bench.jmh} with one of its methods
     * @param parameters values of its {@code @Param} fields; one value each
     */
    record JmhOnce(String benchmark, Map<String, String> parameters) implements Task {
        /** Copies the map. */
        public JmhOnce {
            parameters = Map.copyOf(parameters);
        }
    }

    /**
     * A main class that takes {@code name=value} arguments and writes an answer.
     *
     * @param probe a class in {@code dev.ashlar.bench.probe}
     * @param measures what it measures, on which its JVM's options depend
     * @param parameters its arguments
     */
    record Probe(String probe, Measures measures, Map<String, String> parameters) implements Task {
        /** Copies the map. */
        public Probe {
            parameters = Map.copyOf(parameters);
        }
    }

    /** What a probe measures. */
    enum Measures {
        /** Time: compiled as well as can be. */
        TIME,
        /** Memory of the process: compiled simply, because the optimizing compiler takes megabytes while it works. */
        MEMORY
    }
}
