package dev.ashlar.bench.suite;

import java.util.List;

/**
 * One thing to measure.
 *
 * @param id short, of lower-case words, such as {@code pair-data-256}; one of a kind
 * @param title for people
 * @param task what a sample's process does
 * @param contenders who takes part; the first is ours
 * @param metrics what comes out; each becomes a row of the result
 * @param roundsMax in how many rounds at most: a figure that hardly varies needs few
 */
public record Experiment(
        String id, String title, Task task, List<Contender> contenders, List<Metric> metrics, int roundsMax) {

    /** For what varies with everything. */
    static final int EVERY_ROUND = Integer.MAX_VALUE;

    /** Copies the lists. */
    public Experiment {
        contenders = List.copyOf(contenders);
        metrics = List.copyOf(metrics);
    }

    /** {@return the row's id: the experiment's where it has but one metric} */
    public String rowId(Metric metric) {
        return metrics.size() == 1 ? id : id + "." + metric.key();
    }

    /** {@return the row's title} */
    public String rowTitle(Metric metric) {
        return metric.title().isEmpty() ? title : title + ", " + metric.title();
    }
}
