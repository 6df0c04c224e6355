package dev.ashlar.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ashlar.bench.rivals.CodeRival;
import dev.ashlar.bench.rivals.DataRival;
import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.rivals.RivalUnavailableException;
import dev.ashlar.tool.workload.Payload;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.openjdk.jmh.annotations.Param;

/** Goal: every benchmark does its work in every memory that this host has. */
final class BenchmarksTest {

    @ParameterizedTest
    @EnumSource
    void everyMemoryForCodeRunsThroughEveryBenchmark(CodeRival rival) {
        CodeUnderTest memory = open(rival);
        CodePairBenchmark pair = new CodePairBenchmark();
        pair.byteSize = 1024;
        assertThat(pair.allocateAndFree(memory)).isNotZero();

        for (int live : new int[] {0, 50}) {
            LifecycleBenchmark lifecycle = new LifecycleBenchmark();
            lifecycle.live = live;
            lifecycle.fill(memory, 0);
            for (int round = 0; round < 200; round++) {
                assertThat(lifecycle.allocateWritePublishFree()).isNotZero();
            }
        }
        CodeReplacementBenchmark replacement = new CodeReplacementBenchmark();
        replacement.live = 50;
        replacement.fill(memory, 1);
        for (int round = 0; round < 200; round++) {
            assertThat(replacement.replace()).isNotZero();
        }
        memory.close();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = {"FLOOR", "HARNESS"})
    void whatIsCalledReturnsItsAnswer(CodeRival rival) {
        CodeUnderTest memory = open(rival);
        memory.requireThatCodeRuns();
        for (int live : new int[] {0, 50}) {
            CalledLifecycleBenchmark called = new CalledLifecycleBenchmark();
            called.live = live;
            called.fill(memory, 0);
            for (int round = 0; round < 200; round++) {
                assertThat(called.allocateWritePublishCallFree()).isEqualTo(Payload.ANSWER);
            }
        }
        memory.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyMemoryForDataRunsThroughEveryBenchmark(DataRival rival) {
        DataUnderTest memory = open(rival);
        DataPairBenchmark pair = new DataPairBenchmark();
        pair.byteSize = 1024;
        assertThat(pair.allocateAndFree(memory)).isNotZero();

        DataReplacementBenchmark replacement = new DataReplacementBenchmark();
        replacement.live = 50;
        replacement.fill(memory, 1);
        for (int round = 0; round < 200; round++) {
            assertThat(replacement.replace()).isNotZero();
        }
        memory.close();
    }

    @Test
    void whatAMemoryCannotDoIsRefusedBeforeTheMeasurement() {
        assertThatThrownBy(() -> open(CodeRival.HARNESS).requireThatCodeRuns())
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessage("harness has no memory in which code can run");
        assertThatThrownBy(() -> open(DataRival.ARENA).requireThatAnyThreadMayFree())
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessage("arena lets only the thread free that allocated");
    }

    @Test
    void whoeverIsRedirectedArrives() throws InterruptedException {
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
        assertThat(labels(CodeUnderTest.class)).containsExactlyElementsOf(
                Arrays.stream(CodeRival.values()).map(Rival::label).toList());
        assertThat(labels(DataUnderTest.class)).containsExactlyElementsOf(
                Arrays.stream(DataRival.values()).map(Rival::label).toList());
    }

    private static List<String> labels(Class<?> state) throws NoSuchFieldException {
        return List.of(state.getDeclaredField("memory").getAnnotation(Param.class).value());
    }

    private static CodeUnderTest open(CodeRival rival) {
        CodeUnderTest memory = new CodeUnderTest();
        memory.memory = rival.label();
        try {
            memory.open();
        } catch (RivalUnavailableException e) {
            abort(e.getMessage());
        }
        return memory;
    }

    private static DataUnderTest open(DataRival rival) {
        DataUnderTest memory = new DataUnderTest();
        memory.memory = rival.label();
        try {
            memory.open(2);
        } catch (RivalUnavailableException e) {
            abort(e.getMessage());
        }
        return memory;
    }
}
