package dev.ashlar.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Goal: no run of JMH without benchmarks. JMH reads a list that its annotation processor writes; where the processor
 * does not run the build is green, the list is missing and nothing is measured.
 */
final class BenchmarkListTest {

    private static final List<Class<?>> BENCHMARKS = List.of(
            CodePairBenchmark.class, DataPairBenchmark.class,
            LifecycleBenchmark.class, CalledLifecycleBenchmark.class,
            CodeReplacementBenchmark.class, DataReplacementBenchmark.class,
            CodeGrowthBenchmark.class, DataGrowthBenchmark.class,
            CodeRemoteFreeBenchmark.class, DataRemoteFreeBenchmark.class,
            RedirectionBenchmark.class);

    @Test
    void everyBenchmarkIsInTheListThatJmhReads() throws IOException {
        try (InputStream list = CodePairBenchmark.class.getModule().getResourceAsStream("META-INF/BenchmarkList")) {
            assertThat(list).as("META-INF/BenchmarkList").isNotNull();
            assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(BENCHMARKS.stream().map(Class::getName).toList());
        }
    }
}
