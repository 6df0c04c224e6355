package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.child.ChildResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Goal: contenders follow each other, the first one changes, and a failed one is not tried again. */
final class RoundsTest {

    private static final ForkTiming TIMING = new ForkTiming(1, 100, 1, 100);

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
    void anExperimentCanHaveFewerRounds() {
        run(3, experiment("one", 1, "a"), experiment("two", Experiment.EVERY_ROUND, "a"));

        assertThat(taken).containsExactly("one a", "two a", "two a", "two a");
    }

    @Test
    void aFailedContenderIsTriedOnceAndMissingInEveryRound() {
        List<Sample> samples = run(3, experiment("one", Experiment.EVERY_ROUND, "a", "absent"));

        assertThat(taken).containsOnlyOnce("one absent");
        assertThat(samples).filteredOn(sample -> sample.contender().equals("absent"))
                .hasSize(3)
                .allSatisfy(sample -> assertThat(sample.result().failure()).hasValue("not installed"));
    }

    @Test
    void everyRoundReportsTheSamplesSoFar() {
        List<Integer> counts = new ArrayList<>();

        Rounds.run(suite(experiment("one", Experiment.EVERY_ROUND, "a", "b")), 3, this::take, steps::add,
                soFar -> counts.add(soFar.size()));

        assertThat(counts).containsExactly(2, 4, 6);
    }

    @Test
    void progressCountsSamplesAndEstimatesTheTimeLeft() {
        run(2, experiment("one", Experiment.EVERY_ROUND, "a", "b"));

        assertThat(steps).extracting(Rounds.Step::done).containsExactly(0, 1, 2, 3);
        assertThat(steps).allMatch(step -> step.samples() == 4);
        assertThat(steps.getFirst().millisLeft()).isEqualTo(4 * TIMING.millis(1));
        assertThat(steps.getLast().millisLeft()).as("the samples took almost no time").isLessThan(TIMING.millis(1));
    }

    private List<Sample> run(int rounds, Experiment... experiments) {
        return Rounds.run(suite(experiments), rounds, this::take, steps::add, _ -> {});
    }

    private static Suite suite(Experiment... experiments) {
        return new Suite(List.of(experiments), 1, TIMING);
    }

    private ChildResult take(Experiment experiment, Contender contender) {
        taken.add(experiment.id() + " " + contender.name());
        return new ChildResult(new Answer(Map.of(), Map.of()),
                contender.name().equals("absent") ? Optional.of("not installed") : Optional.empty());
    }

    private static Experiment experiment(String id, int roundsMax, String... contenders) {
        return new Experiment(id, id, null, Task.jmh("Benchmark", 1, Map.of()),
                List.of(contenders).stream().map(name -> Contender.of(name, "")).toList(), List.of(Experiment.TIME),
                roundsMax);
    }
}
