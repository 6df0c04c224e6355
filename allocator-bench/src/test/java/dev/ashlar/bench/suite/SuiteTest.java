package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goal: every row has a unique id, and every class that it names exists. */
final class SuiteTest {

    static List<Suite> suites() {
        return List.of(Suite.quick(), Suite.full());
    }

    @ParameterizedTest
    @MethodSource("suites")
    void everyExperimentIsUniqueAndBeginsWithAshlar(Suite suite) {
        assertThat(suite.experiments()).extracting(Experiment::id).doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z0-9-]+"));
        assertThat(suite.experiments()).allSatisfy(experiment -> {
            assertThat(experiment.contenders()).extracting(Contender::name).doesNotHaveDuplicates();
            assertThat(experiment.contenders().getFirst().name()).startsWith("ashlar");
        });
    }

    @ParameterizedTest
    @MethodSource("suites")
    void everyBenchmarkAndEveryProbeExists(Suite suite) throws IOException {
        String benchmarks = benchmarkList();
        assertThat(tasks(suite)).allSatisfy(task -> {
            switch (task.kind()) {
                case JMH, JMH_ONCE -> assertThat(benchmarks).containsAnyOf(names(task.name()));
                case TIME_PROBE, MEMORY_PROBE -> assertThat(Class.forName("dev.ashlar.bench.probe." + task.name())
                        .getMethod("main", String[].class)).isNotNull();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("suites")
    void rowsAreChosenByTheBeginningOfTheirIds(Suite suite) {
        Suite chosen = suite.only(List.of("pair-code", "memory-data-1m"));

        assertThat(chosen.experiments()).extracting(Experiment::id).contains("pair-code-256", "memory-data-1m")
                .allMatch(id -> id.startsWith("pair-code") || id.equals("memory-data-1m"));
        assertThat(suite.unknown(List.of("pair", "bogus"))).containsExactly("bogus");
    }

    @Test
    void aTraceOfTheUserHasRows() {
        Suite suite = Suite.quick().plusTrace(Path.of("some/My_Trace.trace.gz"));

        assertThat(suite.experiments()).extracting(Experiment::id).contains("replay-my-trace", "peak-my-trace");
    }

    private static Stream<Task> tasks(Suite suite) {
        return suite.experiments().stream().map(Experiment::task);
    }

    /** {@return the lines of the list for a class, or for the class of a method} */
    private static String[] names(String benchmark) {
        return new String[] {".jmh." + benchmark + "\n", ".jmh." + benchmark.replaceFirst("\\.\\w+$", "\n")};
    }

    /** JMH's own list: class names, a line each after the length of the name. */
    private static String benchmarkList() throws IOException {
        try (InputStream list = Suite.class.getModule().getResourceAsStream("META-INF/BenchmarkList")) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(\\.jmh\\.[\\w.]+) ", "$1\n");
        }
    }
}
