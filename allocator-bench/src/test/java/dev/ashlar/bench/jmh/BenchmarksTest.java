package dev.ashlar.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.rivals.RivalUnavailableException;
import dev.ashlar.tool.workload.Payload;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.infra.ThreadParams;

/** Goal: every benchmark does its work in every memory that this host has. */
final class BenchmarksTest {

    private static final ThreadParams THREAD = new ThreadParams(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);

    static List<Rival> code() {
        return Rival.all(Rival.Kind.CODE);
    }

    static List<Rival> data() {
        return Rival.all(Rival.Kind.DATA);
    }

    @ParameterizedTest
    @MethodSource("code")
    void everyMemoryForCodeRunsThroughEveryBenchmark(Rival rival) {
        MemoryUnderTest.Code memory = open(new MemoryUnderTest.Code(), rival);
        pair(new PairBenchmark.Code(), memory);
        replace(new ReplacementBenchmark.Code(), memory);
        for (int live : new int[] {0, 50}) {
            LifecycleBenchmark lifecycle = new LifecycleBenchmark();
            lifecycle.live = live;
            lifecycle.fill(memory, THREAD);
            for (int round = 0; round < 200; round++) {
                assertThat(lifecycle.allocateWritePublishFree()).isNotZero();
            }
            for (int round = 0; rival.runsCode() && round < 200; round++) {
                assertThat(lifecycle.allocateWritePublishCallFree(new LifecycleBenchmark.CallableCode()))
                        .isEqualTo(Payload.ANSWER);
            }
        }
        memory.close();
    }

    @ParameterizedTest
    @MethodSource("data")
    void everyMemoryForDataRunsThroughEveryBenchmark(Rival rival) {
        MemoryUnderTest.Data memory = open(new MemoryUnderTest.Data(), rival);
        pair(new PairBenchmark.Data(), memory);
        replace(new ReplacementBenchmark.Data(), memory);
        memory.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ashlar-unmanaged", "ashlar-unmanaged-and-arena", "ashlar-grouped", "ashlar-retired"})
    void everyLifetimeRunsThroughItsBenchmarks(String lifetime) throws Throwable {
        LifetimeBenchmark.Take take = new LifetimeBenchmark.Take();
        LifetimeBenchmark.End end = new LifetimeBenchmark.End();
        LifetimeBenchmark.Call call = new LifetimeBenchmark.Call();
        for (LifetimeBenchmark benchmark : List.of(take, end, call)) {
            benchmark.memory = lifetime;
        }
        for (int round = 0; round < 3; round++) {
            take.begin();
            assertThat(take.takeBlocks()).doesNotContainNull();
            take.endBlocks();
            end.begin();
            end.endBlocks();
        }
        call.define();
        assertThat(call.call()).isEqualTo(1);
        List.of(take, end, call).forEach(LifetimeBenchmark::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ashlar-unwatched", "ashlar-bean", "ashlar-recorded", "ashlar-each-recorded",
        "ashlar-named", "ashlar-dumped", "ashlar-debugged", "ashlar-unwound"})
    void everyWatchedHeapRunsThroughItsBenchmark(String watched) throws IOException {
        WatchedBenchmark benchmark = new WatchedBenchmark();
        benchmark.memory = watched;
        benchmark.watch();
        for (int round = 0; round < 200; round++) {
            benchmark.defineAndFree();
        }
        benchmark.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ashlar", "ashlar-scalar", "method-handles", "hidden-classes", "hidden-classes-no-jumps"})
    void everyCompilerOfFiltersSelectsWhatTheInterpreterSelects(String compiler) throws Throwable {
        for (int count : new int[] {64, 1}) {
            FilterBenchmark benchmark = new FilterBenchmark();
            benchmark.memory = compiler;
            benchmark.filters = count;
            benchmark.callsBefore = 0;
            try {
                benchmark.compile();
            } catch (RivalUnavailableException unavailable) {
                abort(unavailable.getMessage());
            }
            for (int call = 0; call < 2 * count; call++) {
                assertThat(benchmark.select()).isPositive();
            }
            benchmark.close();
        }
    }

    private static void pair(PairBenchmark pair, MemoryUnderTest memory) {
        pair.byteSize = 1024;
        pair.open(memory, THREAD);
        assertThat(pair.allocateAndFree()).isNotZero();
    }

    private static void replace(ReplacementBenchmark replacement, MemoryUnderTest memory) {
        replacement.live = 50;
        replacement.fill(memory, THREAD);
        for (int round = 0; round < 200; round++) {
            assertThat(replacement.replace()).isNotZero();
        }
    }

    @Test
    void anUnsuitableMemoryIsRefusedBeforeTheMeasurement() {
        assertThatThrownBy(() -> open(new MemoryUnderTest.Code(), Rival.CODE_HARNESS).requireThatCodeRuns())
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessage("harness has no memory in which code can run");
        assertThatThrownBy(() -> open(new MemoryUnderTest.Data(), Rival.ARENA).requireThatAnyThreadCanFree())
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessage("arena lets only the allocating thread free a block");
    }

    private static <M extends MemoryUnderTest> M open(M memory, Rival rival) {
        try {
            memory.open(rival, 2);
        } catch (RivalUnavailableException unavailable) {
            abort(unavailable.getMessage());
        }
        return memory;
    }
}
