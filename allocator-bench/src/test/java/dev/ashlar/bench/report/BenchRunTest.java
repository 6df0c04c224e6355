package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.suite.Contender;
import dev.ashlar.bench.suite.EarlierCore;
import dev.ashlar.bench.suite.Experiment;
import dev.ashlar.bench.suite.Experiment.Metric;
import dev.ashlar.bench.suite.ForkTiming;
import dev.ashlar.bench.suite.Rounds;
import dev.ashlar.bench.suite.Suite;
import dev.ashlar.bench.suite.Task;
import dev.ashlar.tool.figures.Verdict;
import dev.ashlar.tool.figures.Verdict.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Goal: real processes give rows and verdicts. The iterations are too short for a meaningful figure. */
final class BenchRunTest {

    private static final ForkTiming TINY = new ForkTiming(1, 10, 1, 10);

    @Test
    void realSamplesBecomeRowsAndVerdicts() {
        Experiment pair = new Experiment("pair-code-256", "pair", 256.0, Task.jmh("PairBenchmark.Code", 1,
                Map.of("byteSize", "256")),
                List.of(Contender.of("ashlar", ""), Contender.of("bogus", ""), Contender.of("before", "")),
                List.of(new Metric("time", "", "ns")), 2);
        List<Rounds.Step> steps = new ArrayList<>();
        List<BenchResult> soFar = new ArrayList<>();

        BenchResult result = new BenchRun(new Suite(List.of(pair), 1, TINY), 1,
                new EarlierCore("no-such-commit"), "bench").measure(steps::add,
                        soFar::add);

        BenchResult.Row row = result.rows().getFirst();
        assertThat(row.ours().samples()).hasSize(1).allMatch(nanos -> nanos > 0);
        assertThat(row.ours().setting()).contains("pool of");
        assertThat(row.entry("bogus").map(Entry::missing).orElseThrow()).startsWith("unknown memory: kind=CODE");
        assertThat(row.entry("before").map(Entry::missing).orElseThrow()).contains("git", "no-such-commit");
        assertThat(result.verdicts()).extracting(Verdict::state).containsExactly(State.UNKNOWN);
        assertThat(result.run().host()).containsKeys("kernel", "jdk", "processor", "hugetlb pool");
        assertThat(steps).hasSize(3);
        assertThat(soFar).hasSize(1);
    }
}
