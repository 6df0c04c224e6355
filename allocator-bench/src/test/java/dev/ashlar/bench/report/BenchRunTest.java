package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.suite.Contender;
import dev.ashlar.bench.suite.Experiment;
import dev.ashlar.bench.suite.Metric;
import dev.ashlar.bench.suite.Pace;
import dev.ashlar.bench.suite.Rounds;
import dev.ashlar.bench.suite.Suite;
import dev.ashlar.bench.suite.Task;
import dev.ashlar.tool.figures.Verdict;
import dev.ashlar.tool.figures.Verdict.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Goal: from real processes to a verdict, with iterations too short to mean anything. */
final class BenchRunTest {

    private static final Pace TINY = new Pace(1, 10, 1, 10);

    @Test
    void realSamplesBecomeRowsRatiosAndVerdicts() {
        Experiment pair = new Experiment("pair-code-256", "pair", new Task.Jmh("CodePairBenchmark",
                Map.of("byteSize", "256"), 1), List.of(memory("ashlar"), memory("mmap+mprotect"), memory("bogus")),
                List.of(new Metric("time", "", "ns")), 2);
        List<Rounds.Step> steps = new ArrayList<>();
        List<BenchResult> soFar = new ArrayList<>();

        BenchResult result = new BenchRun(new Suite(List.of(pair), 2, TINY), 2, "bench").measure(steps::add,
                soFar::add);

        BenchResult.Row row = result.row("pair-code-256").orElseThrow();
        assertThat(row.ours().samples()).hasSize(2).allMatch(nanos -> nanos > 0);
        assertThat(row.ours().setting()).contains("pool of");
        Entry mapping = row.entry("mmap+mprotect").orElseThrow();
        assertThat(mapping.ratio()).isNotNull();
        assertThat(row.entry("bogus").map(Entry::missing).orElseThrow()).startsWith("no such memory for code");
        assertThat(result.verdicts()).extracting(Verdict::state).containsExactly(State.UNKNOWN);
        assertThat(result.run().host()).containsKeys("kernel", "jdk", "processor", "hugetlb pool");
        assertThat(steps).hasSize(6);
        assertThat(soFar).hasSize(2);
    }

    private static Contender memory(String name) {
        return new Contender(name, "", Map.of("memory", name), Map.of(), Optional.empty());
    }
}
