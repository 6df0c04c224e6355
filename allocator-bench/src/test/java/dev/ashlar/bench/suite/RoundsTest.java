package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.suite.Sample.Figures;
import dev.ashlar.bench.suite.Sample.Missing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Goal: contenders follow each other closely, nobody is always first, and nobody absent is asked again and again. */
final class RoundsTest {

    private static final Pace PACE = new Pace(1, 100, 1, 100);

    private final List<String> taken = new ArrayList<>();
    private final List<Rounds.Step> steps = new ArrayList<>();

    @Test
    void theOrderTurnsFromRoundToRound() {
        run(2, experiment("one", Experiment.EVERY_ROUND, "a", "b", "c"));

        assertThat(taken).containsExactly("one a", "one b", "one c", "one b", "one c", "one a");
    }

    @Test
    void anExperimentIsFinishedBeforeTheNextBegins() {
        run(1, experiment("one", Experiment.EVERY_ROUND, "a", "b"), experiment("two", Experiment.EVERY_ROUND, "a"));

        assertThat(taken).containsExactly("one a", "one b", "two a");
    }

    @Test
    void whatHardlyVariesIsMeasuredInFewRounds() {
        run(3, experiment("one", 1, "a"), experiment("two", Experiment.EVERY_ROUND, "a"));

        assertThat(taken).containsExactly("one a", "two a", "two a", "two a");
    }

    @Test
    void whoIsNotThereIsAskedOnceAndMissingInEveryRound() {
        List<Sample> samples = run(3, experiment("one", Experiment.EVERY_ROUND, "a", "absent"));

        assertThat(taken).containsOnlyOnce("one absent");
        assertThat(samples).filteredOn(sample -> sample.contender().equals("absent"))
                .hasSize(3)
                .allSatisfy(sample -> assertThat(sample.outcome()).isEqualTo(new Missing("not installed")));
    }

    @Test
    void everyRoundHandsOnWhatThereIsSoFar() {
        List<Integer> counts = new ArrayList<>();

        Rounds.run(List.of(experiment("one", Experiment.EVERY_ROUND, "a", "b")), 3, PACE, this::take, steps::add,
                soFar -> counts.add(soFar.size()));

        assertThat(counts).containsExactly(2, 4, 6);
    }

    @Test
    void progressCountsUpAndWhatIsLeftGoesDown() {
        run(2, experiment("one", Experiment.EVERY_ROUND, "a", "b"));

        assertThat(steps).extracting(Rounds.Step::done).containsExactly(0, 1, 2, 3);
        assertThat(steps).allMatch(step -> step.samples() == 4);
        assertThat(steps.getFirst().millisLeft()).isEqualTo(4 * PACE.millis());
        assertThat(steps.getLast().millisLeft()).as("the same took next to nothing before").isLessThan(PACE.millis());
    }

    private List<Sample> run(int rounds, Experiment... experiments) {
        return Rounds.run(List.of(experiments), rounds, PACE, this::take, steps::add, _ -> {});
    }

    private Sample.Outcome take(Experiment experiment, Contender contender) {
        taken.add(experiment.id() + " " + contender.name());
        return contender.name().equals("absent") ? new Missing("not installed") : new Figures(Map.of(), Map.of());
    }

    private static Experiment experiment(String id, int roundsMax, String... contenders) {
        return new Experiment(id, id, new Task.Jmh("Benchmark", Map.of(), 1),
                List.of(contenders).stream().map(name -> Contender.of(name, "")).toList(), List.of(Metric.TIME),
                roundsMax);
    }
}
