package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.LastingCall;
import dev.ashlar.host.MemoryFiles;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The code of a group ends with the group, and not while it runs. */
@SuppressWarnings("restricted")
class CodeGroupTest {
    private static final FunctionDescriptor ANSWER = FunctionDescriptor.of(ValueLayout.JAVA_INT);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private static CodeHeap small() {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).build();
    }

    private static int call(MethodHandle handle) {
        try {
            return (int) handle.invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @OnEveryPath
    void codeOfAGroupRunsUntilTheGroupIsClosed(PathCell cell) {
        try (HugePages _ = cell.need(2);
                CodeHeap heap = cell.builder().build()) {
            CodeGroup group = heap.openGroup();
            CodeBlock block = group.define(NativeCode.returning(42));
            CodeBlock written = group.allocate(100, 64);
            MemorySegment buffer = written.writable();
            MemorySegment code = block.executable();
            MethodHandle handle = block.bind(ANSWER);
            assertThat(call(handle)).isEqualTo(42);
            assertThat(heap.stats().liveBlockCount()).isEqualTo(2);

            group.close();
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThatThrownBy(() -> call(handle)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> code.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
            if (cell.path() == WritePath.ALIAS) {
                assertThatThrownBy(() -> buffer.fill((byte) 1)).isInstanceOf(IllegalStateException.class);
            }
            List<Runnable> calls = List.of(
                    () -> block.bind(ANSWER),
                    block::executable,
                    block::address,
                    block::byteSize,
                    block::isPublished,
                    block::free,
                    () -> block.patch(0, 1, 1),
                    written::writable,
                    written::publish,
                    () -> written.shrink(1),
                    () -> group.allocate(100),
                    () -> group.define(NativeCode.returning(1)),
                    () -> group.allocateUnit(new UnitSizes(16, 16, 16)));
            assertThat(calls).allSatisfy(call -> assertThatThrownBy(call::run)
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("group 1 of heap " + heap.name())
                    .hasMessageContaining("closed"));
            group.close();
            heap.define(NativeCode.returning(1)).free();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGroupIsNotClosedWhileItsCodeRuns(LastingCall.By by) {
        try (CodeHeap heap = small()) {
            CodeGroup group = heap.openGroup();
            CodeBlock block = group.define(LastingCall.code());
            MethodHandle handle = group.define(NativeCode.returning(42)).bind(ANSWER);
            try (LastingCall _ = new LastingCall(block, by)) {
                assertThatThrownBy(group::close)
                        .isInstanceOf(BlockStateException.class)
                        .hasMessageContaining("a running downcall uses group 1 of heap " + heap.name());
                assertThat(call(handle)).isEqualTo(42);
                assertThat(call(group.define(NativeCode.returning(7)).bind(ANSWER))).isEqualTo(7);
                assertThat(heap.stats().liveBlockCount()).isEqualTo(3);
            }
            group.close();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void noPartOfAGroupIsFreedAlone() {
        try (CodeHeap heap = small();
                CodeGroup group = heap.openGroup()) {
            CodeBlock block = group.define(NativeCode.returning(42));
            CodeUnit unit = group.allocateUnit(new UnitSizes(16, 16, 16));
            assertThatThrownBy(block::free)
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("of group 1 of heap " + heap.name() + " is freed by the close of the group");
            assertThatThrownBy(unit::free).isInstanceOf(BlockStateException.class);
            assertThat(call(block.bind(ANSWER))).isEqualTo(42);
            unit.publish();
            assertThat(heap.stats().liveBlockCount()).isEqualTo(4);
        }
    }

    @Test
    void unitsEndWithTheirGroup() {
        try (CodeHeap heap = small()) {
            CodeGroup group = heap.openGroup();
            CodeUnit unit = group.allocateUnit(new UnitSizes(16, 16, 16));
            unit.code().writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(3)));
            MemorySegment data = unit.data().orElseThrow().writable();
            unit.publish();
            MethodHandle handle = Linker.nativeLinker().downcallHandle(unit.code().segment(), ANSWER);
            assertThat(call(handle)).isEqualTo(3);
            group.close();
            assertThatThrownBy(() -> call(handle)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> data.fill((byte) 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(unit.code()::segment).isInstanceOf(BlockStateException.class);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    private static CodeHeap inPlace() {
        return CodeHeap.builder().writePath(WritePath.IN_PLACE).memory(MemoryDemand.SMALL).build();
    }

    @Test
    void batchesEndWithTheirGroup() {
        try (CodeHeap heap = inPlace()) {
            CodeGroup group = heap.openGroup();
            PublishedBatch published;
            BatchSection section;
            try (CodeBatch batch = group.openBatch()) {
                section = batch.allocate(Domain.CODE, 64, 16);
                MemorySegment.copy(NativeCode.returning(5), 0, section.writable(), ValueLayout.JAVA_BYTE, 0, 6);
                batch.allocate(Domain.DATA, 64, 16);
                published = batch.publish();
            }
            MemorySegment code = published.segment(section.address(), section.byteSize());
            assertThat(code.isReadOnly()).isTrue();
            MethodHandle handle = Linker.nativeLinker().downcallHandle(code, ANSWER);
            assertThat(call(handle)).isEqualTo(5);
            assertThatThrownBy(published::free).isInstanceOf(BlockStateException.class);
            assertThatThrownBy(() -> published.segment(16, 0)).isInstanceOf(IllegalArgumentException.class);
            group.close();
            assertThatThrownBy(() -> call(handle)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> published.segment(section.address(), 1)).isInstanceOf(BlockStateException.class);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void aBatchOfAClosedGroupCanOnlyBeAbandoned() {
        try (CodeHeap heap = inPlace()) {
            CodeGroup group = heap.openGroup();
            try (CodeBatch batch = group.openBatch()) {
                batch.allocate(Domain.CODE, 64, 16);
                group.close();
                assertThatThrownBy(batch::publish)
                        .isInstanceOf(BlockStateException.class)
                        .hasMessageContaining("closed");
            }
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThatThrownBy(group::openBatch).isInstanceOf(BlockStateException.class);
        }
    }

    @Test
    void aHeapIsNotClosedWhileAGroupIsOpen() {
        CodeHeap heap = small();
        CodeGroup group = heap.openGroup();
        MethodHandle handle = group.define(NativeCode.returning(42)).bind(ANSWER);
        assertThatThrownBy(heap::close)
                .isInstanceOf(BlockStateException.class)
                .hasMessageContaining("1 group of heap " + heap.name());
        assertThat(call(handle)).isEqualTo(42);
        group.close();
        heap.close();
        assertThatThrownBy(heap::openGroup).isInstanceOf(HeapClosedException.class);
        assertThatThrownBy(() -> group.allocate(1)).isInstanceOf(HeapClosedException.class);
        group.close();
    }

    @Test
    void closeAllClosesAllGroupsButThoseInUseAndNamesTheFirst() {
        try (CodeHeap heap = small()) {
            List<CodeGroup> groups = Stream.generate(heap::openGroup).limit(5).toList();
            List<MethodHandle> handles = groups.stream()
                    .map(group -> group.define(NativeCode.returning(42)).bind(ANSWER))
                    .toList();
            CodeBlock block = groups.get(2).define(LastingCall.code());
            try (LastingCall _ = new LastingCall(block, LastingCall.By.HANDLE)) {
                assertThatThrownBy(heap::closeAll)
                        .isInstanceOf(BlockStateException.class)
                        .hasMessageContaining("group 3 of heap " + heap.name());
                assertThat(call(handles.get(2))).isEqualTo(42);
                assertThat(heap.stats().liveBlockCount()).isEqualTo(2);
                for (int index : new int[] {0, 1, 3, 4}) {
                    assertThatThrownBy(() -> call(handles.get(index))).isInstanceOf(IllegalStateException.class);
                }
            }
            heap.closeAll();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void aGroupThatCannotBeReachedDoesNotKeepItsHeapOpen() throws InterruptedException {
        CodeHeap heap = small();
        heap.openGroup().define(NativeCode.returning(42));
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!isClosed(heap)) {
            assertThat(System.nanoTime()).isLessThan(end);
            System.gc();
            Thread.sleep(10);
        }
    }

    private static boolean isClosed(CodeHeap heap) {
        try {
            heap.close();
            return true;
        } catch (BlockStateException groupOpen) {
            return false;
        }
    }

    @Test
    void aHandleKeepsItsGroupReachable() throws InterruptedException {
        CodeHeap heap = small();
        MethodHandle handle = heap.openGroup().define(NativeCode.returning(42)).bind(ANSWER);
        for (int round = 0; round < 5; round++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThatThrownBy(heap::close).isInstanceOf(BlockStateException.class);
        assertThat(call(handle)).isEqualTo(42);
        heap.closeAll();
        assertThatThrownBy(() -> call(handle)).isInstanceOf(IllegalStateException.class);
        heap.close();
    }

    @Test
    void aThousandGroupsTakeNoDescriptorAndNoMapping() {
        try (CodeHeap heap = small()) {
            heap.openGroup().close();
            // Of the heap: the JVM's own threads open and close others.
            List<Integer> descriptors = MemoryFiles.descriptorsOf(heap.name());
            int mappingCount = heap.audit().vmaCount();
            List<CodeGroup> groups = new ArrayList<>();
            for (int index = 0; index < 1000; index++) {
                groups.add(heap.openGroup());
                groups.getLast().define(NativeCode.returning(index));
            }
            assertThat(MemoryFiles.descriptorsOf(heap.name())).isEqualTo(descriptors);
            assertThat(heap.audit().vmaCount()).isEqualTo(mappingCount);
            heap.closeAll();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @OnEveryPath
    void aDefineThatFailsLeavesNothingInTheGroup(PathCell cell) {
        try (HugePages _ = cell.need(2);
                CodeHeap heap = cell.builder().build();
                CodeGroup group = heap.openGroup()) {
            group.define(NativeCode.returning(1));
            Arena closed = Arena.ofConfined();
            MemorySegment source = closed.allocate(64);
            closed.close();
            assertThatThrownBy(() -> group.define(source)).isInstanceOf(IllegalStateException.class);
            assertThat(heap.stats().liveBlockCount()).isEqualTo(1);
        }
    }

    @OnEveryPath
    void threadsShareAGroup(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CodeGroup group = heap.openGroup();
            List<CompletableFuture<CodeBlock>> defined = new ArrayList<>();
            for (int index = 0; index < 100; index++) {
                int value = index;
                defined.add(CompletableFuture.supplyAsync(() -> {
                    CodeBlock block = group.allocate(200);
                    block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(value)));
                    block.shrink(100).publish();
                    return block;
                }, threads));
                group.define(NativeCode.returning(value));
            }
            for (int index = 0; index < defined.size(); index++) {
                assertThat(call(defined.get(index).join().bind(ANSWER))).isEqualTo(index);
            }
            assertThat(heap.stats().liveBlockCount()).isEqualTo(200);
            group.close();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void aSegmentThatIsAskedForDuringTheCloseIsThereOrItsGroupIsClosed() {
        try (CodeHeap heap = small();
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < 200; round++) {
                CodeGroup group = heap.openGroup();
                CodeUnit unit = group.allocateUnit(new UnitSizes(16, 0, 16));
                unit.publish();
                UnitPart data = unit.data().orElseThrow();
                CountDownLatch isAsking = new CountDownLatch(1);
                CompletableFuture<Throwable> refusal = CompletableFuture.supplyAsync(() -> {
                    try {
                        while (data.segment().byteSize() == 16) {
                            isAsking.countDown();
                        }
                        return null;
                    } catch (RuntimeException closed) {
                        return closed;
                    }
                }, other);
                await(isAsking);
                group.close();
                assertThat(refusal.join()).isInstanceOf(BlockStateException.class);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
