package dev.ashlar.bench.report;

import dev.ashlar.bench.suite.Contender;
import dev.ashlar.bench.suite.Experiment;
import dev.ashlar.bench.suite.Experiment.Metric;
import dev.ashlar.bench.suite.Sample;
import dev.ashlar.bench.suite.Task;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.child.ChildResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An experiment with samples from a test. */
final class Sampled {

    private static final Metric TIME = new Metric("time", "", "ns");

    private final String id;
    private @Nullable Double number;
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

    /** Sets the number of the row for charts. */
    Sampled at(double value) {
        number = value;
        return this;
    }

    private static ChildResult success(Map<String, Double> figures, Map<String, String> notes) {
        return new ChildResult(new Answer(figures, notes), Optional.empty());
    }

    /** Adds the times of a contender, round by round. */
    Sampled with(String contender, double... times) {
        join(contender);
        for (int round = 0; round < times.length; round++) {
            add(contender, round, success(Map.of("time", times[round]), Map.of()));
        }
        return this;
    }

    Sampled with(String contender, Map<String, Double> figures, Map<String, String> notes) {
        join(contender);
        add(contender, 0, success(figures, notes));
        return this;
    }

    Sampled without(String contender, String reason) {
        join(contender);
        add(contender, 0, new ChildResult(new Answer(Map.of(), Map.of()), Optional.of(reason)));
        return this;
    }

    Experiment experiment() {
        return new Experiment(id, "title of " + id, number, Task.jmh("B", 1, Map.of()), contenders, metrics, 9);
    }

    List<BenchResult.Row> rows() {
        return Rows.of(List.of(experiment()), samples);
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
        contenders.add(new Contender(contender, "", Map.of(), Map.of()));
    }

    private void add(String contender, int round, ChildResult result) {
        samples.add(new Sample(id, contender, round, result));
    }
}
