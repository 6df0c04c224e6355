package dev.ashlar.bench.suite;

import java.util.HashMap;
import java.util.Map;

/**
 * What one process measured, or why it did not.
 *
 * @param experiment the experiment's id
 * @param contender the contender's name
 * @param round counted from 0
 * @param outcome what came of it
 */
public record Sample(String experiment, String contender, int round, Outcome outcome) {

    /** What came of a sample. */
    public sealed interface Outcome {}

    /**
     * It was measured.
     *
     * @param values by metric
     * @param notes what the process said of its memory, by name
     */
    public record Figures(Map<String, Double> values, Map<String, String> notes) implements Outcome {
        /** Copies the maps. */
        public Figures {
            values = Map.copyOf(values);
            notes = Map.copyOf(notes);
        }

        /** {@return the same with one value more} */
        Figures with(Metric metric, double value) {
            Map<String, Double> more = new HashMap<>(values);
            more.put(metric.key(), value);
            return new Figures(more, notes);
        }
    }

    /**
     * It was not.
     *
     * @param reason a sentence, without the full stop
     */
    public record Missing(String reason) implements Outcome {}
}
