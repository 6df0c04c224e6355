package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ashlar.bench.suite.Metric;
import dev.ashlar.tool.figures.Verdict;
import dev.ashlar.tool.figures.Verdict.State;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Goal: a target is held exactly where its figure says so, and what cannot be told is not called held. */
final class JudgeTest {

    private static final Target HALF = new Target.AgainstRival("half", "a", "rival", 0.5);
    private static final Target AS_ONE = new Target.AgainstOwn("as one", "b", "a", 1.15);
    private static final Target AT_MOST = new Target.AtMost("at most", "a", 12);

    @Test
    void theMedianRatioIsHeldAgainstTheLimit() {
        assertThat(verdict(HALF, Sampled.times("a").with("ours", 5, 50).with("rival", 10, 100)).state())
                .as("exactly the limit").isEqualTo(State.HELD);

        Verdict missed = verdict(HALF, Sampled.times("a").with("ours", 6).with("rival", 10));
        assertThat(missed.state()).isEqualTo(State.MISSED);
        assertThat(missed.measured()).isEqualTo(0.6);
        assertThat(missed.ours()).isEqualTo(6);
        assertThat(missed.theirs()).isEqualTo(10);
    }

    @Test
    void withoutTheRivalItIsUnknownAndSaysWhy() {
        Verdict absent = verdict(HALF, Sampled.times("a").with("ours", 5).without("rival", "no libfoo"));
        Verdict notAsked = verdict(HALF, Sampled.times("a").with("ours", 5));

        assertThat(absent.state()).isEqualTo(State.UNKNOWN);
        assertThat(absent.reason()).isEqualTo("no libfoo");
        assertThat(notAsked.state()).isEqualTo(State.UNKNOWN);
        assertThat(notAsked.reason()).isEqualTo("not measured in this run");
    }

    @Test
    void whereOursFailsTheTargetIsMissed() {
        Verdict verdict = verdict(HALF, Sampled.times("a").without("ours", "out of memory").with("rival", 10));

        assertThat(verdict.state()).isEqualTo(State.MISSED);
        assertThat(verdict.reason()).isEqualTo("out of memory");
    }

    @Test
    void ourOwnFigureIsComparedRoundByRound() {
        Sampled one = Sampled.times("a").with("ours", 10, 20, 10);
        assertThat(verdict(AS_ONE, one, Sampled.times("b").with("ours", 11, 22, 11)).state()).isEqualTo(State.HELD);

        Verdict missed = verdict(AS_ONE, one, Sampled.times("b").with("ours", 12, 24, 10));
        assertThat(missed.state()).isEqualTo(State.MISSED);
        assertThat(missed.measured()).isEqualTo(1.2);
    }

    @Test
    void aFigureOfItsOwnIsHeldAgainstTheLimit() {
        assertThat(verdict(AT_MOST, Sampled.times("a").with("ours", 12)).state()).isEqualTo(State.HELD);
        assertThat(verdict(AT_MOST, Sampled.times("a").with("ours", 12.1)).state()).isEqualTo(State.MISSED);
    }

    @Test
    void aTargetWhoseRowWasNotMeasuredHasNoVerdict() {
        assertThat(new Judge(Sampled.times("c").with("ours", 1).rows()).verdicts(List.of(HALF, AS_ONE, AT_MOST)))
                .isEmpty();
        assertThat(new Judge(Sampled.times("b").with("ours", 1).rows()).verdicts(List.of(AS_ONE)))
                .as("without the row it is compared with").isEmpty();
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
        List<Verdict> verdicts = new Judge(Sampled.rows(rows)).verdicts(List.of(target));
        assertThat(verdicts).hasSize(1);
        return verdicts.getFirst();
    }
}
