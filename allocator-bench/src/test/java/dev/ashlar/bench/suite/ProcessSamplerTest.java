package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.suite.Sample.Figures;
import dev.ashlar.bench.suite.Sample.Missing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Goal: a real fork and a real probe bring figures home, and one that fails brings its reason. */
final class ProcessSamplerTest {

    private final ProcessSampler sampler = new ProcessSampler(new Pace(1, 20, 1, 20));

    @AfterEach
    void close() {
        sampler.close();
    }

    @Test
    void aForkOfABenchmarkTellsItsTimeAndWhatItRanIn() {
        Sample.Outcome outcome = take(new Task.Jmh("CodePairBenchmark", Map.of("byteSize", "64"), 1), "ashlar");

        assertThat(outcome).isInstanceOfSatisfying(Figures.class, figures -> {
            assertThat(figures.values().get("time")).isPositive();
            assertThat(figures.notes().get("backing")).matches("(hugetlb|shmem-thp|small).*, pool of \\d+");
        });
    }

    @Test
    void aProbeTellsItsFigures() {
        Sample.Outcome outcome = take(new Task.Probe("Footprint", Task.Measures.MEMORY,
                Map.of("kind", "code", "live", "2000", "turnovers", "2")), "ashlar");

        assertThat(outcome).isInstanceOfSatisfying(Figures.class, figures -> assertThat(figures.values())
                .containsOnlyKeys("grown", "churned", "churned-2", "halved", "refilled", "metadata", "grown-seen",
                        "churned-seen", "churned-2-seen", "halved-seen", "refilled-seen"));
    }

    @Test
    void aMemoryThatIsNotThereIsMissingWithItsReason() {
        assertThat(take(new Task.Jmh("CodePairBenchmark", Map.of("byteSize", "64"), 1), "bogus"))
                .isInstanceOfSatisfying(Missing.class, missing -> assertThat(missing.reason())
                        .startsWith("unknown memory: kind=CODE, label=bogus"));
        assertThat(take(new Task.Probe("Footprint", Task.Measures.MEMORY,
                Map.of("kind", "data", "live", "1", "turnovers", "1")), "bogus"))
                .isInstanceOfSatisfying(Missing.class, missing -> assertThat(missing.reason())
                        .startsWith("unknown memory: kind=DATA, label=bogus"));
    }

    @Test
    void whatWasThrownFirstIsTheReason() {
        assertThat(ProcessSampler.reason("""
                # Run progress
                <failure>

                java.lang.IllegalStateException: no libfoo here
                \tat a.B.c(B.java:1)
                Caused by: java.io.IOException: other
                """, 1)).isEqualTo("no libfoo here");
        assertThat(ProcessSampler.reason("Exception in thread \"main\" a.b.OddException\n\tat x", 1))
                .isEqualTo("a.b.OddException");
    }

    @Test
    void withoutAnExceptionTheLastLineIsTheReason() {
        assertThat(ProcessSampler.reason("Killed\n\n", 137)).isEqualTo("exit code 137: Killed");
        assertThat(ProcessSampler.reason("", 2)).isEqualTo("exit code 2: no output");
    }

    private Sample.Outcome take(Task task, String memory) {
        Contender contender = Contender.of(memory, "");
        return sampler.take(new Experiment("one", "one", task, List.of(contender), List.of(Metric.TIME), 1),
                contender);
    }
}
