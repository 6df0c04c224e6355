package dev.ashlar.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Goal: JMH finds the benchmarks. It reads a list that its annotation processor writes. If the processor does not run,
 * the build succeeds, but the list is missing and nothing is measured.
 */
final class BenchmarkListTest {

    private static final List<Class<?>> BENCHMARKS = List.of(
            CodePairBenchmark.class, DataPairBenchmark.class, LifecycleBenchmark.class,
            ReplacementBenchmark.Code.class, ReplacementBenchmark.Data.class,
            GrowthBenchmark.Code.class, GrowthBenchmark.Data.class,
            RemoteFreeBenchmark.Code.class, RemoteFreeBenchmark.Data.class,
            RedirectionBenchmark.class);

    @Test
    void everyBenchmarkIsInTheListThatJmhReads() throws IOException {
        try (InputStream list = CodePairBenchmark.class.getModule().getResourceAsStream("META-INF/BenchmarkList")) {
            assertThat(list).as("META-INF/BenchmarkList").isNotNull();
            assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(BENCHMARKS.stream().map(Class::getCanonicalName).toList());
        }
    }
}
