package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.ashlar.bench.suite.Experiment.Metric;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Verdict;
import dev.ashlar.tool.figures.Verdict.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Goal: a target is held only if its figure says so; an unmeasured one is never held. */
final class TargetTest {

    private static final Target HALF = Target.parse("half", "a | rival | 0.5");
    private static final Target AS_ONE = Target.parse("as one", "a-2t | -2t | 1.15");
    private static final Target AT_MOST = Target.parse("at most", "a | | 12");

    @Test
    void theMedianRatioIsComparedWithTheLimit() {
        assertThat(verdict(HALF, Sampled.times("a").with("ours", 5, 50).with("rival", 10, 100)).state())
                .as("exactly the limit").isEqualTo(State.HELD);

        Verdict missed = verdict(HALF, Sampled.times("a").with("ours", 6).with("rival", 10));
        assertThat(missed.state()).isEqualTo(State.MISSED);
        assertThat(missed.measured()).isEqualTo(new Spread(0.6, 0.6, 0.6));
        assertThat(missed.ours()).isEqualTo(6);
        assertThat(missed.theirs()).isEqualTo(10);
    }

    @Test
    void withoutTheRivalTheVerdictIsUnknownWithAReason() {
        Verdict absent = verdict(HALF, Sampled.times("a").with("ours", 5).without("rival", "no libfoo"));

        assertThat(absent.state()).isEqualTo(State.UNKNOWN);
        assertThat(absent.reason()).isEqualTo("no libfoo");
        assertThat(judge(HALF, Sampled.times("a").with("ours", 5))).as("not in this run").isEmpty();
    }

    @Test
    void aFailureOfAshlarMissesTheTarget() {
        Verdict verdict = verdict(HALF, Sampled.times("a").without("ours", "out of memory").with("rival", 10));

        assertThat(verdict.state()).isEqualTo(State.MISSED);
        assertThat(verdict.reason()).isEqualTo("out of memory");
    }

    @Test
    void ourOwnFigureIsComparedRoundByRound() {
        Sampled one = Sampled.times("a").with("ours", 10, 20, 10);
        assertThat(verdict(AS_ONE, one, Sampled.times("a-2t").with("ours", 11, 22, 11)).state()).isEqualTo(State.HELD);

        Verdict missed = verdict(AS_ONE, one, Sampled.times("a-2t").with("ours", 12, 24, 10));
        assertThat(missed.state()).isEqualTo(State.MISSED);
        assertThat(missed.measured()).isEqualTo(new Spread(1.2, 1, 1.2));
    }

    @Test
    void anAbsoluteFigureIsComparedWithTheLimit() {
        assertThat(verdict(AT_MOST, Sampled.times("a").with("ours", 12)).state()).isEqualTo(State.HELD);
        assertThat(verdict(AT_MOST, Sampled.times("a").with("ours", 12.1)).state()).isEqualTo(State.MISSED);
    }

    @Test
    void aRangeThatCrossesTheLimitSaysSo() {
        assertThat(verdict(AT_MOST, Sampled.times("a").with("ours", 11, 12, 13)).measuredText())
                .isEqualTo("12.0 ns (11.0 ns-13.0 ns, crosses)");
        assertThat(verdict(AT_MOST, Sampled.times("a").with("ours", 9, 10, 11)).measuredText())
                .isEqualTo("10.0 ns (9.0 ns-11.0 ns)");
    }

    @Test
    void aTargetIsForTheRowsThatItsPatternsName() {
        Target target = Target.parse("some", "a-*.p99 b | | 1");

        assertThat(List.of("a-x.p99", "b")).allMatch(target::isFor);
        assertThat(List.of("a-x.p999", "a-xop99", "bb")).noneMatch(target::isFor);
        assertThat(List.of(HALF.text("a"), AS_ONE.text("a-2t"), AT_MOST.text("a")))
                .containsExactly("at most 0.50 x rival", "at most 1.15 x a", "at most 12.00");
    }

    @Test
    void theBestRivalIsTheFastestAllocatorOfOthers() {
        Verdict verdict = verdict(Target.parse("best", "a | best | 2"), Sampled.times("a").with("ashlar", 6)
                .with("slow", 9).with("fast", 3).with("floor", 1).without("absent", "no libfoo"));

        assertThat(verdict.against()).isEqualTo("fast");
        assertThat(verdict.state()).isEqualTo(State.HELD);
    }

    @Test
    void aMalformedLineIsShown() {
        assertThatThrownBy(() -> Target.parse("some", "a | 1")).hasMessageContaining("was 'a | 1'");
    }

    @Test
    void aTargetWhoseRowWasNotMeasuredHasNoVerdict() {
        List<Target> targets = List.of(HALF, AS_ONE, AT_MOST);
        assertThat(targets).allMatch(target -> judge(target, Sampled.times("c").with("ours", 1)).isEmpty());
        assertThat(judge(AS_ONE, Sampled.times("a-2t").with("ours", 1))).as("without the base").isEmpty();
    }

    @Test
    void aRatioOfMemoryIsJudgedByItsOwnRow() {
        Sampled memory = Sampled.of("memory-data-1m", new Metric("grown", "grown", "x"),
                new Metric("churned", "churned", "x"))
                .with("ours", Map.of("grown", 1.04, "churned", 1.08), Map.of());

        assertThat(Targets.judge(memory.rows())).extracting(Verdict::row, Verdict::state).containsExactly(
                tuple("memory-data-1m.grown", State.HELD),
                tuple("memory-data-1m.churned", State.MISSED));
    }

    private static Verdict verdict(Target target, Sampled... rows) {
        return judge(target, rows).orElseThrow();
    }

    private static Optional<Verdict> judge(Target target, Sampled... rows) {
        Map<String, BenchResult.Row> all = Sampled.rows(rows).stream()
                .collect(Collectors.toMap(BenchResult.Row::id, Function.identity()));
        return all.values().stream().filter(row -> target.isFor(row.id()))
                .flatMap(row -> target.judge(row, all).stream()).findFirst();
    }
}
