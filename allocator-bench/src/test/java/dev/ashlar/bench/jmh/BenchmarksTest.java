package dev.ashlar.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.rivals.RivalUnavailableException;
import dev.ashlar.tool.workload.Payload;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Param;

/** Goal: every benchmark does its work in every memory that this host has. */
final class BenchmarksTest {

    static List<Rival> code() {
        return Rival.all(Rival.Kind.CODE);
    }

    static List<Rival> data() {
        return Rival.all(Rival.Kind.DATA);
    }

    @ParameterizedTest
    @MethodSource("code")
    void everyMemoryForCodeRunsThroughEveryBenchmark(Rival rival) {
        MemoryUnderTest memory = open(rival);
        pair(new CodePairBenchmark(), memory);
        replace(new ReplacementBenchmark.Code(), memory);
        for (int live : new int[] {0, 50}) {
            LifecycleBenchmark lifecycle = new LifecycleBenchmark();
            lifecycle.live = live;
            lifecycle.fill(memory, 0);
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
        MemoryUnderTest memory = open(rival);
        pair(new DataPairBenchmark(), memory);
        replace(new ReplacementBenchmark.Data(), memory);
        memory.close();
    }

    private static void pair(PairBenchmark pair, MemoryUnderTest memory) {
        pair.byteSize = 1024;
        pair.open(memory, 0);
        assertThat(pair.allocateAndFree()).isNotZero();
    }

    private static void replace(ReplacementBenchmark replacement, MemoryUnderTest memory) {
        replacement.live = 50;
        replacement.fill(memory, 1);
        for (int round = 0; round < 200; round++) {
            assertThat(replacement.replace()).isNotZero();
        }
    }

    @Test
    void anUnsuitableMemoryIsRefusedBeforeTheMeasurement() {
        assertThatThrownBy(() -> new LifecycleBenchmark.CallableCode().check((CodeUnderTest) open(Rival.CODE_HARNESS)))
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessage("harness has no memory in which code can run");
        assertThatThrownBy(() -> new RemoteFreeBenchmark.Data().open((DataUnderTest) open(Rival.ARENA)))
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessage("arena lets only the allocating thread free a block");
    }

    @Test
    void redirectedCallersArrive() throws InterruptedException {
        RedirectionBenchmark redirection = new RedirectionBenchmark();
        redirection.others = 1;
        redirection.open();
        assertThat(redirection.callThroughJump()).isOne();
        assertThat(redirection.callThroughTrampoline()).isZero();
        redirection.patch();
        redirection.retarget();
        assertThat(redirection.callThroughJump()).isZero();
        assertThat(redirection.callThroughTrampoline()).isOne();
        assertThat(redirection.call()).isZero();
        redirection.close();
    }

    @Test
    void everyRivalIsMeasuredByDefault() throws NoSuchFieldException {
        assertThat(labels(CodeUnderTest.class)).containsExactlyElementsOf(code().stream().map(Rival::label).toList());
        assertThat(labels(DataUnderTest.class)).containsExactlyElementsOf(data().stream().map(Rival::label).toList());
    }

    private static List<String> labels(Class<?> state) throws NoSuchFieldException {
        return List.of(state.getDeclaredField("memory").getAnnotation(Param.class).value());
    }

    private static MemoryUnderTest open(Rival rival) {
        MemoryUnderTest memory;
        if (code().contains(rival)) {
            CodeUnderTest code = new CodeUnderTest();
            code.memory = rival.label();
            memory = code;
        } else {
            DataUnderTest data = new DataUnderTest();
            data.memory = rival.label();
            memory = data;
        }
        try {
            memory.open(2);
        } catch (RivalUnavailableException unavailable) {
            abort(unavailable.getMessage());
        }
        return memory;
    }
}
