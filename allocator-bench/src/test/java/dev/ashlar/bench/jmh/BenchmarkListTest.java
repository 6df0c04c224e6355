package dev.ashlar.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Goal: no run of JMH without benchmarks. JMH reads a list that its annotation processor writes; where the processor
 * does not run the build is green, the list is missing and nothing is measured.
 */
final class BenchmarkListTest {

    @Test
    void everyBenchmarkIsInTheListThatJmhReads() throws IOException {
        try (InputStream list = PairBenchmark.class.getModule().getResourceAsStream("META-INF/BenchmarkList")) {
            assertThat(list).as("META-INF/BenchmarkList").isNotNull();
            assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8)).contains(
                    PairBenchmark.class.getName(), LifecycleBenchmark.class.getName(),
                    CalledLifecycleBenchmark.class.getName());
        }
    }

    @Test
    void everyMemoryRunsTheWholeLifeOfAFunction() {
        for (String kind : new String[] {"ashlar", "mmap+mprotect", "jffi"}) {
            MemoryUnderTest memory = new MemoryUnderTest();
            memory.memory = kind;
            CodeSource source = new CodeSource();
            source.codeByteSize = 256;
            source.generate();
            memory.open();

            assertThat(new CalledLifecycleBenchmark().allocateWritePublishCallFree(memory, source)).isEqualTo(42);
            assertThat(new LifecycleBenchmark().allocateWritePublishFree(memory, source)).isNotZero();
            memory.close();
        }
    }
}
