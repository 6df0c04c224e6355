package dev.ashlar.bench.report;

import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run of {@code ashlar bench} found. Names and meanings are those of its JSON.
 *
 * @param run what ran, where and when
 * @param rows what was measured
 * @param verdicts the targets that these rows can tell of
 */
public record BenchResult(Run run, List<Row> rows, List<Verdict> verdicts) {

    /** Copies the lists. */
    public BenchResult {
        rows = List.copyOf(rows);
        verdicts = List.copyOf(verdicts);
    }

    /** {@return the same rows, held against the targets as they are now} */
    public BenchResult judgedAgain() {
        return new BenchResult(run, rows, Targets.judge(rows));
    }

    /** {@return the row of an id} */
    public Optional<Row> row(String id) {
        return rows.stream().filter(row -> row.id().equals(id)).findFirst();
    }

    /**
     * What ran, where and when.
     *
     * @param command the arguments
     * @param date of its end, in UTC
     * @param commit of the sources; with {@code -dirty} where they were changed
     * @param rounds rounds asked for
     * @param seconds it took
     * @param load use of the machine in the minute before it began, in processors
     * @param host what it ran on, by name
     */
    public record Run(String command, String date, String commit, int rounds, long seconds, double load,
            Map<String, String> host) {

        /** More work than this beside the run, in processors, and times cannot be relied on. */
        private static final double LOAD_MAX = 0.5;

        /** {@return what a reader must know of the load when the run began} */
        public String loadWords() {
            String words = "%.1f processors in use in the minute before".formatted(load);
            return load > LOAD_MAX ? words + ": times are noisy, look at the ranges" : words;
        }
    }

    /**
     * One figure of everyone who took part.
     *
     * @param id as the option {@code --rows} and the targets name it
     * @param title for people
     * @param unit {@code ns}, {@code x} or {@code %}
     * @param entries who took part; the first is ours
     */
    public record Row(String id, String title, String unit, List<Entry> entries) {

        /** Copies the list. */
        public Row {
            entries = List.copyOf(entries);
        }

        /** {@return ours} */
        public Entry ours() {
            return entries.getFirst();
        }

        /** {@return the entry of a name} */
        public Optional<Entry> entry(String contender) {
            return entries.stream().filter(entry -> entry.contender().equals(contender)).findFirst();
        }
    }

    /**
     * One figure of one contender.
     *
     * @param contender its name
     * @param setting what its memory was: backing, pool, transparent huge pages
     * @param figure over the rounds; null where it was not measured
     * @param ratio ours over this, over the rounds in which both were measured; null for ours and where there is none
     * @param samples the figure of each round
     * @param missing why it was not measured, or null
     */
    public record Entry(String contender, String setting, @Nullable Spread figure, @Nullable Spread ratio,
            List<Double> samples, @Nullable String missing) {

        /** Copies the list. */
        public Entry {
            samples = List.copyOf(samples);
        }
    }
}
