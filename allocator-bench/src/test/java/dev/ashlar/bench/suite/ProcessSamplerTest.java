package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.suite.Task.Kind;
import dev.ashlar.tool.child.ChildResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Goal: a real probe returns its figures. BenchRunTest has the forks of JMH. */
final class ProcessSamplerTest {

    private final ProcessSampler sampler = new ProcessSampler(new ForkTiming(1, 20, 1, 20));

    @Test
    void aProbeReturnsItsFigures() {
        ChildResult result = take(Task.probe(Kind.MEMORY_PROBE, "Footprint",
                Map.of("kind", "code", "live", "2000", "turnovers", "2")), "ashlar");

        assertThat(result.answer().figures()).containsOnlyKeys("grown", "churned", "churned-2", "halved", "refilled",
                "metadata", "grown-seen", "churned-seen", "churned-2-seen", "halved-seen", "refilled-seen");
    }

    private ChildResult take(Task task, String memory) {
        Contender contender = Contender.of(memory, "");
        return sampler.take(new Experiment("one", "one", null, task, List.of(contender), List.of(Experiment.TIME), 1),
                contender);
    }
}
