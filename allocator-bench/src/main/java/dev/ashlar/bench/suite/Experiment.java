package dev.ashlar.bench.suite;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing to measure.
 *
 * @param id short and unique, such as {@code pair-data-256}
 * @param title a description for people
 * @param number the size or live count that the experiment varies, for charts; null if there is none
 * @param task the work of a sample's process
 * @param contenders who takes part; the first is Ashlar
 * @param metrics the figures of a sample; each becomes a row of the result
 * @param roundsMax the maximum number of rounds, because a figure with little variance needs few
 */
public record Experiment(String id, String title, @Nullable Double number, Task task, List<Contender> contenders,
        List<Metric> metrics, int roundsMax) {

    /** For figures that vary. */
    static final int EVERY_ROUND = Integer.MAX_VALUE;

    /** The only figure of a JMH benchmark: nanoseconds per operation. */
    static final Metric TIME = new Metric("time", "", "ns");

    /**
     * One figure of an experiment. Less is better.
     *
     * @param key its name in the answer of the process
     * @param title what it is; empty if the title of the experiment says it
     * @param unit {@code ns}, {@code x} for a ratio, or {@code %}
     */
    public record Metric(String key, String title, String unit) {}

    /** {@return the id of a row: that of the experiment if it has one metric} */
    public String rowId(Metric metric) {
        return metrics.size() == 1 ? id : id + "." + metric.key();
    }

    /** {@return the title of a row} */
    public String rowTitle(Metric metric) {
        return metric.title().isEmpty() ? title : title + ", " + metric.title();
    }

    /** {@return the number of samples in a number of rounds} */
    int sampleCount(int rounds) {
        return contenders.size() * Math.min(rounds, roundsMax);
    }
}
