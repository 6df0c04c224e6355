package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BacklogFullException;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A retired block is freed when every registered thread has passed a quiescent point, and not before. */
class RetirementTest {
    private static CodeHeap small() {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).build();
    }

    private static CodeBlock answer(CodeAllocator heap) {
        return heap.define(NativeCode.returning(42));
    }

    @OnEveryPath
    void aBlockIsFreedWhenTheLastRegisteredThreadWasQuiescent(PathCell cell) throws Exception {
        try (HugePages _ = cell.need(2);
                CodeHeap heap = cell.builder().build();
                Retirement retirement = heap.openRetirement(10);
                Worker first = new Worker("first");
                Worker second = new Worker("second")) {
            RegisteredThread registeredFirst = first.register(retirement);
            RegisteredThread registeredSecond = second.register(retirement);
            CodeBlock block = answer(heap);
            long address = block.address();
            retirement.retire(block);
            assertThat(NativeCode.call(address)).isEqualTo(42);
            assertThat(retirement.waitsFor()).hasSize(2);

            first.run(registeredFirst::quiescent);
            assertThat(NativeCode.call(address)).isEqualTo(42);
            assertThat(retirement.waitsFor()).singleElement().asString().startsWith("thread second (#");
            assertThat(retirement.backlogCount()).isEqualTo(1);
            CodeBlock later = answer(heap);
            retirement.retire(later);

            second.run(registeredSecond::quiescent);
            assertThat(heap.stats().liveBlockCount()).isEqualTo(1);
            assertThat(retirement.waitsFor()).singleElement().asString().startsWith("thread first (#");
            first.run(registeredFirst::quiescent);
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(retirement.waitsFor()).isEmpty();
        }
    }

    @Test
    void freedCodeIsFilledWithTrapsAtTheQuiescentPoint() {
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(10)) {
            CodeBlock block = answer(heap);
            byte[] before = block.executable().toArray(ValueLayout.JAVA_BYTE);
            var memory = heap.zones().unmanaged().front().asSlice(block.offset(), before.length);
            retirement.retire(block);
            assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
            retirement.quiescent();
            assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).containsOnly(NativeCode.TRAP);
        }
    }

    @Test
    void aRetiredBlockCannotBeUsed() {
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(10)) {
            CodeBlock block = answer(heap);
            retirement.retire(block);
            List<Runnable> calls = List.of(
                    block::free,
                    block::executable,
                    block::writable,
                    block::publish,
                    () -> block.bind(FunctionDescriptor.of(ValueLayout.JAVA_INT)),
                    () -> block.patch(1, 1, 4),
                    () -> retirement.retire(block));
            assertThat(calls).allSatisfy(call -> assertThatThrownBy(call::run)
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("retired"));
            assertThat(block.isPublished()).isFalse();
            retirement.quiescent();
            assertThatThrownBy(block::free).isInstanceOf(BlockStateException.class);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void onlyABlockThatItsCallerCouldFreeIsRetired() {
        try (CodeHeap heap = small();
                CodeHeap other = small();
                CodeGroup group = heap.openGroup();
                Retirement retirement = heap.openRetirement(10)) {
            CodeBlock written = heap.allocate(16);
            CodeBlock freed = answer(heap);
            freed.free();
            assertThatThrownBy(() -> retirement.retire(written)).isInstanceOf(BlockStateException.class);
            assertThatThrownBy(() -> retirement.retire(freed)).isInstanceOf(BlockStateException.class);
            assertThatThrownBy(() -> retirement.retire(answer(group)))
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("group 1");
            assertThatThrownBy(() -> retirement.retire(answer(other)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not belong to heap");
            assertThat(retirement.backlogCount()).isZero();
            assertThat(heap.stats().liveBlockCount()).isEqualTo(2);
        }
    }

    @Test
    void atTheBoundTheBlockStaysLiveAndTheThreadIsNamed() throws Exception {
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(3);
                Worker worker = new Worker("dawdler")) {
            RegisteredThread registered = worker.register(retirement);
            for (int index = 0; index < 3; index++) {
                retirement.retire(answer(heap));
            }
            CodeBlock block = answer(heap);
            assertThatThrownBy(() -> retirement.retire(block))
                    .isInstanceOf(BacklogFullException.class)
                    .hasMessageContaining("3 retired blocks of heap " + heap.name())
                    .hasMessageContaining("thread dawdler (#");
            assertThat(block.isPublished()).isTrue();
            assertThat(NativeCode.call(block.address())).isEqualTo(42);
            worker.run(registered::quiescent);
            retirement.retire(block);
            assertThat(heap.stats().liveBlockCount()).isEqualTo(1);
        }
    }

    @Test
    void withoutARegisteredThreadTheCallerSaysWhenNoThreadRunsTheCode() {
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(2)) {
            retirement.retire(answer(heap));
            retirement.retire(answer(heap));
            assertThatThrownBy(() -> retirement.retire(answer(heap)))
                    .isInstanceOf(BacklogFullException.class)
                    .hasMessageContaining("Retirement.quiescent()");
            retirement.quiescent();
            assertThat(heap.stats().liveBlockCount()).isEqualTo(1);
        }
    }

    @Test
    void aClosedRetirementHasFreedAllItsBlocks() throws Exception {
        try (CodeHeap heap = small();
                Worker worker = new Worker("worker")) {
            Retirement retirement = heap.openRetirement(5);
            RegisteredThread registered = worker.register(retirement);
            retirement.retire(answer(heap));
            retirement.close();
            retirement.close();
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThatThrownBy(() -> retirement.retire(answer(heap)))
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(retirement::register).isInstanceOf(BlockStateException.class);
            worker.run(registered::quiescent);
            worker.run(registered::close);
        }
    }

    @Test
    void afterTheHeapsCloseThereIsNothingToFree() throws Exception {
        CodeHeap heap = small();
        Retirement retirement = heap.openRetirement(5);
        try (Worker worker = new Worker("worker")) {
            RegisteredThread registered = worker.register(retirement);
            CodeBlock block = answer(heap);
            heap.close();
            assertThatThrownBy(() -> retirement.retire(block)).isInstanceOf(HeapClosedException.class);
            assertThatThrownBy(retirement::quiescent).isInstanceOf(HeapClosedException.class);
            worker.run(registered::quiescent);
            worker.run(registered::close);
        }
        retirement.close();
        assertThatThrownBy(() -> heap.openRetirement(1)).isInstanceOf(HeapClosedException.class);
    }

    @Test
    void theBacklogHasAtLeastOnePlace() {
        try (CodeHeap heap = small()) {
            assertThatThrownBy(() -> heap.openRetirement(0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> heap.openRetirement(Retirement.LARGEST_BACKLOG + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void retiringMakesNoGarbage() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        CodeBlock[] blocks = new CodeBlock[10_000];
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(100)) {
            long garbage = 0;
            // The last round counts: the JVM has compiled the calls.
            for (int round = 0; round < 20; round++) {
                Arrays.setAll(blocks, index -> answer(heap));
                long before = threads.getCurrentThreadAllocatedBytes();
                retireAll(retirement, blocks);
                garbage = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(garbage / (double) blocks.length).as("bytes per block").isLessThan(0.5);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    private static void retireAll(Retirement retirement, CodeBlock[] blocks) {
        for (int index = 0; index < blocks.length; index++) {
            retirement.retire(blocks[index]);
            if ((index + 1) % 100 == 0) {
                retirement.quiescent();
            }
        }
    }

    /** Threads run the current code all the time, while another replaces it: none meets a trap or other code. */
    @Test
    void noThreadRunsFreedCode() throws Exception {
        int replacements = Integer.getInteger("ashlar.replacements", 100_000);
        for (WritePath path : new WritePath[] {WritePath.ALIAS, WritePath.POKE}) {
            try (CodeHeap heap =
                    CodeHeap.builder().writePath(path).memory(MemoryDemand.SMALL).build();
                    Retirement retirement = heap.openRetirement(100)) {
                replaceWhileThreadsRun(heap, retirement, replacements);
                retirement.quiescent();
                assertThat(heap.stats().liveBlockCount()).isEqualTo(1);
            }
        }
    }

    private static final class Current {
        volatile long address;
        volatile boolean isDone;
    }

    private static void replaceWhileThreadsRun(CodeHeap heap, Retirement retirement, int replacements)
            throws Exception {
        Current current = new Current();
        CodeBlock block = answer(heap);
        current.address = block.address();
        CountDownLatch registered = new CountDownLatch(2);
        try (ExecutorService runners = Executors.newFixedThreadPool(2)) {
            List<Future<Long>> runs = List.of(
                    runners.submit(() -> run(current, retirement, registered)),
                    runners.submit(() -> run(current, retirement, registered)));
            registered.await();
            for (int index = 0; index < replacements; index++) {
                CodeBlock next = answer(heap);
                current.address = next.address();
                retire(retirement, block);
                block = next;
            }
            current.isDone = true;
            for (Future<Long> run : runs) {
                assertThat(run.get()).isPositive();
            }
        }
    }

    private static void retire(Retirement retirement, CodeBlock block) {
        while (true) {
            try {
                retirement.retire(block);
                return;
            } catch (BacklogFullException full) {
                Thread.onSpinWait();
            }
        }
    }

    private static long run(Current current, Retirement retirement, CountDownLatch started) {
        long count = 0;
        try (RegisteredThread self = retirement.register()) {
            started.countDown();
            while (!current.isDone) {
                assertThat(NativeCode.call(current.address)).isEqualTo(42);
                count++;
                self.quiescent();
            }
        }
        return count;
    }
}
