package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BacklogFullException;
import dev.ashlar.report.BlockStateException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Which threads hold up retired blocks, and what happens when they come and go. */
class RetirementThreadsTest {
    private static CodeHeap small() {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).build();
    }

    private static CodeBlock answer(CodeAllocator heap) {
        return heap.define(NativeCode.returning(42));
    }

    @Test
    void theHeapIsNotClosedWhileARegisteredThreadMayRunARetiredBlock() throws Exception {
        CodeHeap heap = small();
        Retirement retirement = heap.openRetirement(5);
        try (Worker worker = new Worker("worker")) {
            RegisteredThread registered = worker.register(retirement);
            CodeBlock block = answer(heap);
            long address = block.address();
            retirement.retire(block);
            assertThatThrownBy(heap::close)
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("thread worker (#");
            assertThat(NativeCode.call(address)).isEqualTo(42);
            worker.run(registered::quiescent);
            retirement.retire(answer(heap));
            worker.run(registered::close);
            heap.close();
        }
        assertThat(retirement.backlogCount()).isZero();
        assertThat(retirement.waitsFor()).isEmpty();
    }

    @Test
    void blocksOfACallerWithoutRegisteredThreadsDoNotKeepTheHeapOpen() {
        CodeHeap heap = small();
        Retirement retirement = heap.openRetirement(5);
        retirement.retire(answer(heap));
        heap.close();
        assertThat(retirement.backlogCount()).isZero();
    }

    @Test
    void aThreadThatIsRegisteredLaterFreesWhatWaits() throws Exception {
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(5);
                Worker worker = new Worker("worker")) {
            retirement.retire(answer(heap));
            RegisteredThread registered = worker.register(retirement);
            assertThat(retirement.backlogCount()).isEqualTo(1);
            worker.run(registered::quiescent);
            assertThat(retirement.backlogCount()).isZero();
        }
    }

    @Test
    void theOthersFindOutThatAThreadHasEnded() throws Exception {
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(5);
                Worker worker = new Worker("worker")) {
            RegisteredThread registered = worker.register(retirement);
            CountDownLatch isRegistered = new CountDownLatch(1);
            CountDownLatch mayEnd = new CountDownLatch(1);
            Thread other = Thread.ofPlatform().start(() -> {
                retirement.register();
                isRegistered.countDown();
                awaitQuietly(mayEnd);
            });
            isRegistered.await();
            retirement.retire(answer(heap));
            worker.run(registered::quiescent);
            mayEnd.countDown();
            other.join();
            assertThat(retirement.backlogCount()).isEqualTo(1);
            for (int count = 0; count < 64; count++) {
                worker.run(registered::quiescent);
            }
            assertThat(retirement.backlogCount()).isZero();
        }
    }

    @Test
    void whenNoThreadIsRegisteredAnyMoreOnlyTheCallerFrees() throws Exception {
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(2);
                Worker worker = new Worker("worker")) {
            RegisteredThread registered = worker.register(retirement);
            retirement.retire(answer(heap));
            worker.run(registered::close);
            assertThat(retirement.backlogCount()).isZero();
            retirement.retire(answer(heap));
            retirement.retire(answer(heap));
            assertThatThrownBy(() -> retirement.retire(answer(heap))).isInstanceOf(BacklogFullException.class);
            assertThat(retirement.backlogCount()).isEqualTo(2);
            retirement.quiescent();
            assertThat(retirement.backlogCount()).isZero();
        }
    }

    @Test
    void aThreadThatEndedOrClosedItsRegistrationHoldsNothingUp() throws Exception {
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(1);
                Worker worker = new Worker("worker")) {
            RegisteredThread registered = worker.register(retirement);
            retirement.retire(answer(heap));
            worker.run(registered::close);
            assertThat(heap.stats().liveBlockCount()).isZero();
            worker.run(() -> assertThatThrownBy(registered::quiescent).isInstanceOf(BlockStateException.class));

            Thread ended = Thread.ofPlatform().start(retirement::register);
            ended.join();
            retirement.retire(answer(heap));
            retirement.retire(answer(heap));
            assertThat(heap.stats().liveBlockCount()).isEqualTo(1);
        }
    }

    @Test
    void onlyTheRegisteredThreadSaysThatItIsQuiescent() throws Exception {
        try (CodeHeap heap = small();
                Retirement retirement = heap.openRetirement(1);
                Worker worker = new Worker("worker")) {
            RegisteredThread registered = worker.register(retirement);
            retirement.retire(answer(heap));
            assertThatThrownBy(registered::quiescent)
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("thread worker (#");
            assertThatThrownBy(registered::close).isInstanceOf(WrongThreadException.class);
            assertThat(retirement.backlogCount()).isEqualTo(1);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
