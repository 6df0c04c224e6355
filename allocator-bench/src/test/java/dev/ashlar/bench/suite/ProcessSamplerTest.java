package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.bench.rivals.BuildFolder;
import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.suite.Task.Kind;
import dev.ashlar.tool.child.ChildResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Goal: a real probe returns its figures. BenchRunTest has the forks of JMH. */
final class ProcessSamplerTest {

    private final ProcessSampler sampler = new ProcessSampler(new ForkTiming(1, 20, 1, 20),
            new EarlierCore("no-such-commit"));

    @Test
    void aProbeReturnsItsFigures() {
        ChildResult result = take(Task.probe(Kind.MEMORY_PROBE, "Footprint",
                Map.of("kind", "code", "live", "2000", "turnovers", "2", "threads", "2")), "ashlar");

        assertThat(result.answer().figures()).containsOnlyKeys("grown", "churned", "churned-2", "halved", "refilled",
                "metadata", "grown-seen", "churned-seen", "churned-2-seen", "halved-seen", "refilled-seen");
    }

    @Test
    void latenciesOfAPacedGrowthArePercentilesOfAllAllocations() {
        Map<String, Double> figures = take(Task.probe(Kind.TIME_PROBE, "Latency",
                Map.of("kind", "data", "live", "2000", "pace", "1")), "ashlar").answer().figures();

        assertThat(figures).containsOnlyKeys("p50", "p99", "p99.9", "p99.99", "max", "fresh-p50", "fresh-p99.9");
        assertThat(List.of(figures.get("p50"), figures.get("p99"), figures.get("p99.9"), figures.get("p99.99"),
                figures.get("max"))).isSorted();
    }

    @Test
    void aTraceIsReplayedInALoopInCpp() {
        ChildResult result = take(Task.probe(Kind.TIME_PROBE, "TraceReplay", Map.of("trace", BuildFolder.path()
                .resolve("../../allocator-tool/traces/hotspot-maven.trace.gz").toString())), "asmjit-fill-native");

        assumeTrue(result.failure().isEmpty(), () -> result.failure().orElseThrow());
        assertThat(result.answer().figures().get("time")).isPositive();
    }

    @Test
    void theOptionsOfTheTaskReachTheJvm() {
        Task probe = Task.probe(Kind.TIME_PROBE, "Latency", Map.of("kind", "data", "live", "10", "pace", "0"));

        assertThat(take(probe.in("-XX:+NoSuchOption"), "ashlar").failure().orElseThrow()).isNotEmpty();
    }

    private ChildResult take(Task task, String memory) {
        Contender contender = new Contenders(Rival.Kind.CODE, Extent.QUICK).of(memory, "").getFirst();
        return sampler.take(new Experiment("one", "one", null, task, List.of(contender), List.of(Experiment.TIME), 1),
                contender);
    }
}
