package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.LastingCall;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapExhaustedException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Collected code is freed when nothing reaches it, and not before. */
class CollectedCodeTest {
    private static final FunctionDescriptor ANSWER = FunctionDescriptor.of(ValueLayout.JAVA_INT);
    private static final int REGION = 2 << 20;

    private static CodeHeap small() {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).build();
    }

    private static void collectUntil(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static void collectSomeTimes() throws InterruptedException {
        for (int round = 0; round < 5; round++) {
            System.gc();
            Thread.sleep(20);
        }
    }

    private static void awaitNoBlock(CodeHeap heap) throws InterruptedException {
        collectUntil(() -> heap.stats().liveBlockCount() == 0);
    }

    @OnEveryPath
    void aBlockThatNothingReachesIsFreed(PathCell cell) throws InterruptedException {
        try (HugePages _ = cell.need(4);
                CodeHeap heap = cell.builder().build()) {
            CodeBlock block = heap.collected().define(NativeCode.returning(42));
            heap.collected().allocate(100);
            heap.collected().allocateUnit(new UnitSizes(16, 16, 16)).publish();
            assertThat(NativeCode.call(block.address())).isEqualTo(42);
            collectUntil(() -> heap.stats().liveBlockCount() == 1);
            assertThat(NativeCode.call(block.address())).isEqualTo(42);
            // An interpreted frame keeps what its variables refer to.
            block = null;
            awaitNoBlock(heap);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"block", "segment", "writable", "handle"})
    void whatReachesTheBlockKeepsIt(String part) throws Throwable {
        try (CodeHeap heap = small()) {
            Object held = switch (part) {
                case "block" -> heap.collected().define(NativeCode.returning(42));
                case "segment" -> heap.collected().define(NativeCode.returning(42)).executable();
                case "writable" -> heap.collected().allocate(16).writable();
                default -> heap.collected().define(NativeCode.returning(42)).bind(ANSWER);
            };
            collectSomeTimes();
            assertThat(heap.stats().liveBlockCount()).isEqualTo(1);
            use(held);
            held = null;
            awaitNoBlock(heap);
        }
    }

    private static void use(Object held) throws Throwable {
        if (held instanceof MethodHandle handle) {
            assertThat((int) handle.invokeExact()).isEqualTo(42);
        }
        assertThat(held).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void aRunningCallKeepsItsBlock(LastingCall.By by) throws InterruptedException {
        try (CodeHeap heap = small()) {
            try (LastingCall _ = new LastingCall(heap.collected().define(LastingCall.code()), by)) {
                collectSomeTimes();
                assertThat(heap.stats().liveBlockCount()).isEqualTo(1);
            }
            awaitNoBlock(heap);
        }
    }

    @Test
    void aBatchThatNothingReachesIsFreed() throws InterruptedException {
        try (CodeHeap heap = CodeHeap.builder()
                .writePath(WritePath.IN_PLACE)
                .memory(MemoryDemand.SMALL)
                .build()) {
            PublishedBatch published = publish(heap);
            collectSomeTimes();
            assertThat(heap.stats().liveBlockCount()).isPositive();
            assertThatThrownBy(published::free).isInstanceOf(BlockStateException.class);
            published = null;
            awaitNoBlock(heap);
        }
    }

    private static PublishedBatch publish(CodeHeap heap) {
        try (CodeBatch batch = heap.collected().openBatch()) {
            BatchSection section = batch.allocate(Domain.CODE, 64, 16);
            MemorySegment.copy(NativeCode.returning(5), 0, section.writable(), ValueLayout.JAVA_BYTE, 0, 6);
            return batch.publish();
        }
    }

    @Test
    void noCallerFreesCollectedCode() throws InterruptedException {
        try (CodeHeap heap = small()) {
            tryToFree(heap);
            awaitNoBlock(heap);
        }
    }

    private static void tryToFree(CodeHeap heap) {
        CodeBlock block = heap.collected().define(NativeCode.returning(42));
        try (Retirement retirement = heap.openRetirement(1)) {
            assertThatThrownBy(block::free)
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("the collected code of heap " + heap.name());
            assertThatThrownBy(() -> retirement.retire(block)).isInstanceOf(BlockStateException.class);
        }
        assertThat(NativeCode.call(block.address())).isEqualTo(42);
        assertThat(block.isPublished()).isTrue();
    }

    @Test
    void aHeapIsNotClosedWhileCollectedCodeIsReachable() throws Throwable {
        CodeHeap heap = small();
        MethodHandle handle = heap.collected().define(NativeCode.returning(42)).bind(ANSWER);
        assertThatThrownBy(heap::close)
                .isInstanceOf(BlockStateException.class)
                .hasMessageContaining("collected code of heap " + heap.name());
        assertThat((int) handle.invokeExact()).isEqualTo(42);
        handle = null;
        awaitNoBlock(heap);
        heap.close();
    }

    @OnEveryPath
    void aFullHeapAsksTheCollectorBeforeItGivesUp(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder()
                        .capacity(REGION)
                        .longestWaitForCollector(Duration.ofSeconds(5))
                        .build()) {
            CollectorChild.fillEightTimes(heap);
            CodeBlock block = heap.allocate(REGION / 2);
            block.free();
        }
    }

    @Test
    void aHeapThatIsFullOfReachableCodeGivesUpAfterTheWait() throws InterruptedException {
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .capacity(REGION)
                .longestWaitForCollector(Duration.ofMillis(20))
                .build()) {
            CodeBlock block = heap.collected().allocate(REGION / 2);
            assertThatThrownBy(() -> heap.allocate(REGION)).isInstanceOf(HeapExhaustedException.class);
            assertThatThrownBy(() -> heap.collected().allocate(REGION)).isInstanceOf(HeapExhaustedException.class);
            heap.allocate(100).free();
            assertThat(block.byteSize()).isEqualTo(REGION / 2);
            block = null;
            awaitNoBlock(heap);
        }
    }

    @Test
    void withoutExplicitCollectionsAFullHeapGivesUp() {
        ChildJvm.Outcome outcome = ChildJvm.ofModule(CollectorChild.class)
                .nativeAccess()
                .flags("-XX:+DisableExplicitGC")
                .run();
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("HeapExhaustedException");
    }

    @Test
    void anAllocationThatFailsDoesNotKeepTheHeapOpen() {
        // A heap that waits for no collection.
        CodeHeap heap = CodeHeap.builder().longestWaitForCollector(Duration.ZERO).build();
        assertThatThrownBy(() -> heap.collected().allocate(-1)).isInstanceOf(IllegalArgumentException.class);
        heap.close();
    }

    @Test
    void theLongestWaitIsInRange() {
        assertThatThrownBy(() -> CodeHeap.builder().longestWaitForCollector(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
