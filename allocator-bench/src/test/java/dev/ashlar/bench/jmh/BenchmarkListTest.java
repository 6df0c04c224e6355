package dev.ashlar.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.rivals.Rival;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkListEntry;

/**
 * Goal: JMH finds the benchmarks. It reads a list that its annotation processor writes. If the processor does not run,
 * the build succeeds, but the list is missing and nothing is measured.
 */
final class BenchmarkListTest {

    private static final List<Class<?>> BENCHMARKS = List.of(
            PairBenchmark.Code.class, PairBenchmark.Data.class, LifecycleBenchmark.class,
            ReplacementBenchmark.Code.class, ReplacementBenchmark.Data.class,
            GrowthBenchmark.Code.class, GrowthBenchmark.Data.class,
            RemoteFreeBenchmark.Code.class, RemoteFreeBenchmark.Data.class,
            LifetimeBenchmark.Take.class, LifetimeBenchmark.End.class, LifetimeBenchmark.Call.class,
            WatchedBenchmark.class, FilterBenchmark.class);

    @Test
    void everyBenchmarkIsInTheListThatJmhReads() throws IOException {
        assertThat(entries()).extracting(BenchmarkListEntry::getUserClassQName)
                .containsAll(BENCHMARKS.stream().map(Class::getCanonicalName).toList());
    }

    @Test
    void everyRivalIsMeasuredByDefault() throws IOException {
        assertThat(memories(PairBenchmark.Code.class)).containsExactlyElementsOf(labels(Rival.Kind.CODE));
        assertThat(memories(PairBenchmark.Data.class)).containsExactlyElementsOf(labels(Rival.Kind.DATA));
    }

    private static List<String> labels(Rival.Kind kind) {
        return Rival.all(kind).stream().map(Rival::label).toList();
    }

    private static List<String> memories(Class<?> benchmark) throws IOException {
        return entries().filter(entry -> entry.getUserClassQName().equals(benchmark.getCanonicalName()))
                .flatMap(entry -> Stream.of(entry.getParams().get().get("memory"))).toList();
    }

    private static Stream<BenchmarkListEntry> entries() throws IOException {
        try (InputStream list = PairBenchmark.Code.class.getModule().getResourceAsStream("META-INF/BenchmarkList")) {
            assertThat(list).as("META-INF/BenchmarkList").isNotNull();
            return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().map(BenchmarkListEntry::new);
        }
    }
}
