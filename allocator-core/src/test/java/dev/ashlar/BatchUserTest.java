package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which thread may use a batch: the one that opened or took it, until that hands it over or ends. */
class BatchUserTest {
    private static CodeHeap heap(WritePath path) {
        return CodeHeap.builder().writePath(path).memory(MemoryDemand.SMALL).build();
    }

    private static void inOtherThread(Runnable work) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread =
                Thread.ofPlatform().name("other").uncaughtExceptionHandler((_, e) -> failure.set(e)).start(work);
        thread.join();
        assertThat(failure).hasNullValue();
    }

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("NullAway")
    void aCallWithAWrongArgumentDoesNotMakeItsThreadTheUser(WritePath path) throws InterruptedException {
        try (CodeHeap heap = heap(path);
                CodeBatch batch = heap.openBatch()) {
            BatchSection section = batch.allocate(Domain.CODE, 16, 16);
            batch.handOver();
            Thread current = Thread.currentThread();
            inOtherThread(() -> {
                List<Runnable> wrong = List.of(
                        () -> batch.allocate(Domain.CODE, -1, 16), () -> batch.allocate(Domain.CODE, 16, 3),
                        () -> batch.allocate(Domain.SECRET, 16, 16), () -> batch.allocate(null, 16, 16),
                        () -> batch.allocate(Domain.DATA, 1L << 40, 16), () -> section.rel32(0, 0, 3),
                        () -> section.abs64(9, 0), () -> section.abs32(-1, 0));
                assertThat(wrong).allSatisfy(call -> assertThatThrownBy(call::run)
                        .isInstanceOfAny(IllegalArgumentException.class, NullPointerException.class,
                                IndexOutOfBoundsException.class));
                assertThatThrownBy(heap::close)
                        .isInstanceOf(BlockStateException.class)
                        .hasMessageContaining("no thread since a hand-over");
            });
            batch.allocate(Domain.CODE, 16, 16);
            inOtherThread(() -> assertThatThrownBy(() -> batch.allocate(Domain.CODE, 16, 16))
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("thread " + current.getName() + " (#" + current.threadId() + ") uses the")
                    .hasMessageContaining("must call handOver() or end"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherThreadGoesOnAfterItsUserHasEnded(WritePath path) throws InterruptedException {
        try (CodeHeap heap = heap(path)) {
            AtomicReference<CodeBatch> batch = new AtomicReference<>();
            AtomicReference<BatchSection> section = new AtomicReference<>();
            AtomicReference<MemorySegment> written = new AtomicReference<>();
            inOtherThread(() -> {
                batch.set(heap.openBatch());
                section.set(batch.get().allocate(Domain.CODE, 16, 16));
                written.set(section.get().writable());
                written.get().asSlice(0, 6).copyFrom(MemorySegment.ofArray(NativeCode.returning(5)));
            });
            BatchSection second = batch.get().allocate(Domain.CODE, 16, 16);
            second.writable().asSlice(0, 6).copyFrom(MemorySegment.ofArray(NativeCode.returning(6)));
            assertThatThrownBy(() -> written.get().fill((byte) 0)).isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(heap::close).isInstanceOf(BlockStateException.class);
            batch.get().handOver();
            PublishedBatch published = batch.get().publish();
            assertThat(NativeCode.call(section.get().address())).isEqualTo(5);
            assertThat(NativeCode.call(second.address())).isEqualTo(6);
            published.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theBatchOfAnEndedThreadIsAbandonedByItsClose(WritePath path) throws InterruptedException {
        try (CodeHeap heap = heap(path)) {
            AtomicReference<CodeBatch> batch = new AtomicReference<>();
            inOtherThread(() -> {
                batch.set(heap.openBatch());
                batch.get().allocate(Domain.CODE, 1 << 20, 16).writable().fill((byte) 0x90);
            });
            batch.get().close();
            assertThat(heap.stats().liveBlockCount()).isZero();
            heap.checkInvariants();
        }
    }

    @Test
    void afterTheCloseOfTheHeapNoThreadTakesTheBatchOfAnEndedOne() throws InterruptedException {
        AtomicReference<BatchSection> section = new AtomicReference<>();
        try (CodeHeap heap = heap(WritePath.IN_PLACE)) {
            inOtherThread(() -> section.set(heap.openBatch().allocate(Domain.CODE, 16, 16)));
        }
        assertThatThrownBy(section.get()::writable).isInstanceOf(HeapClosedException.class);
    }
}
