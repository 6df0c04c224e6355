package dev.ashlar.bench.suite;

/**
 * One figure that an experiment yields. Less is better, whatever it is.
 *
 * @param key its name in the answer of the process
 * @param title what it is, in a few words; empty where the experiment's title says it all
 * @param unit {@code ns}, {@code x} for a ratio, or {@code %}
 */
public record Metric(String key, String title, String unit) {

    /** The one figure of a JMH benchmark: nanoseconds per operation. */
    static final Metric TIME = new Metric("time", "", "ns");
}
