package dev.ashlar.bench.report;

import dev.ashlar.bench.suite.Contender;
import dev.ashlar.bench.suite.Experiment;
import dev.ashlar.bench.suite.Metric;
import dev.ashlar.bench.suite.Sample;
import dev.ashlar.bench.suite.Sample.Figures;
import dev.ashlar.bench.suite.Sample.Missing;
import dev.ashlar.bench.suite.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An experiment whose samples a test makes up. */
final class Sampled {

    private static final Metric TIME = new Metric("time", "", "ns");

    private final String id;
    private final List<Metric> metrics;
    private final List<Contender> contenders = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();

    private Sampled(String id, List<Metric> metrics) {
        this.id = id;
        this.metrics = metrics;
    }

    static Sampled times(String id) {
        return new Sampled(id, List.of(TIME));
    }

    static Sampled of(String id, Metric... metrics) {
        return new Sampled(id, List.of(metrics));
    }

    /** Times of a contender, round by round. */
    Sampled with(String contender, double... times) {
        join(contender);
        for (int round = 0; round < times.length; round++) {
            add(contender, round, new Figures(Map.of("time", times[round]), Map.of()));
        }
        return this;
    }

    Sampled with(String contender, Map<String, Double> figures, Map<String, String> notes) {
        join(contender);
        add(contender, 0, new Figures(figures, notes));
        return this;
    }

    Sampled without(String contender, String reason) {
        join(contender);
        add(contender, 0, new Missing(reason));
        return this;
    }

    Experiment experiment() {
        return new Experiment(id, "title of " + id, new Task.Jmh("B", Map.of(), 1), contenders, metrics, 9);
    }

    List<BenchResult.Row> rows() {
        return Tally.rows(List.of(experiment()), samples);
    }

    static List<BenchResult.Row> rows(Sampled... all) {
        return List.of(all).stream().flatMap(one -> one.rows().stream()).toList();
    }

    static BenchResult result(Sampled... all) {
        List<BenchResult.Row> rows = rows(all);
        return new BenchResult(new BenchResult.Run("bench", "2026-01-02T03:04:00Z", "abc1234", 2, 61, 0.5,
                Map.of("kernel", "Linux 6.18", "processor", "2 x <& processor>")), rows, Targets.judge(rows));
    }

    private void join(String contender) {
        contenders.add(new Contender(contender, "", Map.of(), Map.of(), Optional.empty()));
    }

    private void add(String contender, int round, Sample.Outcome outcome) {
        samples.add(new Sample(id, contender, round, outcome));
    }
}
