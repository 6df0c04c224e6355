package dev.ashlar.bench.report;

import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run of {@code ashlar bench}. The JSON has the same names.
 *
 * @param run what ran, where and when
 * @param rows the figures
 * @param verdicts one for each target whose row is there
 */
public record BenchResult(Run run, List<Row> rows, List<Verdict> verdicts) {

    /** Copies the lists. */
    public BenchResult {
        rows = List.copyOf(rows);
        verdicts = List.copyOf(verdicts);
    }

    /** {@return the same rows, judged by the current targets} */
    public BenchResult judgedAgain() {
        return new BenchResult(run, rows, Targets.judge(rows));
    }

    /** {@return the number of targets in a state} */
    public long count(Verdict.State state) {
        return verdicts.stream().filter(verdict -> verdict.state() == state).count();
    }

    /**
     * What ran, where and when.
     *
     * @param command the arguments
     * @param date the end of the run, in UTC
     * @param commit the commit of the sources, with {@code -dirty} if files were changed
     * @param rounds the requested number of rounds
     * @param seconds the time of the run
     * @param load the processors in use in the minute before the run
     * @param host the host, by name
     */
    public record Run(String command, String date, String commit, int rounds, long seconds, double load,
            Map<String, String> host) {

        /** With more load than this, times are unreliable. */
        private static final double LOAD_MAX = 0.5;

        /** {@return the load, with a warning if it is high} */
        public String loadText() {
            String text = "%.1f processors in use in the minute before".formatted(load);
            return load > LOAD_MAX ? text + ": times are noisy, look at the ranges" : text;
        }
    }

    /**
     * One figure of all contenders.
     *
     * @param id the name for {@code --rows} and the targets
     * @param title a description for people
     * @param unit {@code ns}, {@code x} or {@code %}
     * @param number the size or live count, for charts; null if there is none
     * @param entries the contenders; the first is Ashlar
     */
    public record Row(String id, String title, String unit, @Nullable Double number, List<Entry> entries) {

        /** Copies the list. */
        public Row {
            entries = List.copyOf(entries);
        }

        /** {@return the entry of Ashlar} */
        public Entry ours() {
            return entries.getFirst();
        }

        /** {@return the entry of a contender} */
        public Optional<Entry> entry(String contender) {
            return entries.stream().filter(entry -> entry.contender().equals(contender)).findFirst();
        }
    }

    /**
     * One figure of one contender.
     *
     * @param contender its name
     * @param setting its memory: backing, pool, transparent huge pages
     * @param figure the spread over the rounds; null if it was not measured
     * @param ratio Ashlar's figure over this one, in the rounds that have both; null for Ashlar and if there is none
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
