package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.offset;
import static dev.ashlar.TestHeaps.over;
import static dev.ashlar.TestHeaps.space;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.CodeBatch;
import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeUnit;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a call that checks before a close and acts after it reaches no foreign memory. Method: the test makes only the
 * second half of the call, or makes the other call during it.
 */
class LateCallsTest {
    private final FaultyCalls calls = new FaultyCalls(Libc.system());

    private CodeHeap heap(WritePath path) {
        return over(calls, CodeHeap.builder()).writePath(path).memory(MemoryDemand.SMALL).build();
    }

    @Test
    void publishingInPlaceAfterCloseChangesNoPermission() {
        CodeHeap heap = heap(WritePath.IN_PLACE);
        CodeBlock block = heap.allocate(64);
        heap.close();
        int before = calls.count("mprotect");

        assertThatThrownBy(() -> space(heap).publish(offset(block))).isInstanceOf(HeapClosedException.class);
        assertThat(calls.count("mprotect")).isEqualTo(before);
    }

    @Test
    void allocatingInPlaceAfterCloseReopensNoRegion() {
        CodeHeap heap = heap(WritePath.IN_PLACE);
        heap.define(NativeCode.returning(1)).free();
        InPlaceView inPlace = InPlaceView.of(space(heap));
        heap.close();
        int before = calls.count("mprotect");

        assertThatThrownBy(() -> inPlace.take(64, 4))
                .isInstanceOf(HeapClosedException.class);
        assertThatThrownBy(() -> inPlace.takeStretch(64, 4)).isInstanceOf(HeapClosedException.class);
        assertThat(calls.count("mprotect")).isEqualTo(before);
    }

    @Test
    void aPokeAfterCloseWritesNothing() {
        CodeHeap heap = heap(WritePath.POKE);
        CodeBlock block = heap.allocate(64);
        heap.close();
        int before = calls.count("pwrite");

        MemorySegment code = MemorySegment.ofArray(NativeCode.returning(1));
        assertThatThrownBy(() -> space(heap).write("write", offset(block), code, 0, code.byteSize()))
                .isInstanceOf(HeapClosedException.class);
        assertThatThrownBy(() -> space(heap).zone().fillWithTraps(offset(block), 64))
                .isInstanceOf(IllegalStateException.class);
        assertThat(calls.count("pwrite")).isEqualTo(before);
    }

    /** The free begins during the system call that publishes. */
    @ParameterizedTest
    @EnumSource(names = {"POKE", "IN_PLACE"})
    void aFreeWaitsForThePublishOfItsBlock(WritePath path) throws InterruptedException {
        try (CodeHeap heap = heap(path)) {
            CodeBlock block = heap.allocate(64);
            block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(1)));
            AtomicReference<Thread> freeing = new AtomicReference<>();
            calls.failWhen(
                    call -> {
                        boolean publishes = call.method().equals("mprotect") || call.method().equals("pwrite");
                        if (publishes && freeing.get() == null) {
                            freeing.set(Thread.ofPlatform().start(block::free));
                            join(freeing.get(), Duration.ofMillis(100));
                        }
                        return false;
                    },
                    Errno.EPERM);

            assertThat(block.publish().byteSize()).isEqualTo(64);
            freeing.get().join();
            assertThatThrownBy(block::free).isInstanceOf(BlockStateException.class);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    private static void join(Thread thread, Duration time) {
        try {
            thread.join(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aHalfPublishedUnitOffersNoSegmentAndIsFreed() {
        try (CodeHeap heap = heap(WritePath.IN_PLACE)) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 16, 16));
            // Constants come first, then code.
            calls.failNth("mprotect", 2, Errno.ENOMEM);
            assertThatThrownBy(unit::publish).isInstanceOf(WritePathException.class);

            assertThatThrownBy(unit.constants().orElseThrow()::writable).isInstanceOf(BlockStateException.class);
            assertThatThrownBy(unit.code()::writable).isInstanceOf(BlockStateException.class);
            unit.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(heap.audit().misplaced()).isEmpty();
        }
    }

    @OnEveryPath
    void aRefusedDefineKeepsNoBlock(PathCell cell) {
        if (cell.path() == WritePath.ALIAS) {
            return;
        }
        try (HugePages _ = cell.need(1);
                CodeHeap heap = over(calls, cell.builder()).build()) {
            calls.failNth(cell.path() == WritePath.POKE ? "pwrite" : "mprotect", 1, Errno.ENOMEM);
            assertThatThrownBy(() -> heap.define(NativeCode.returning(1))).isInstanceOf(WritePathException.class);
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(NativeCode.call(heap.define(NativeCode.returning(2)).address())).isEqualTo(2);
        }
    }

    @Test
    void aBatchThatCannotBePublishedIsAbandoned() {
        try (CodeHeap heap = heap(WritePath.IN_PLACE);
                CodeBatch batch = heap.openBatch()) {
            batch.allocate(Domain.CODE, 64, 16);
            calls.failNth("mprotect", 1, Errno.ENOMEM);
            assertThatThrownBy(batch::publish).isInstanceOf(WritePathException.class);
            assertThatThrownBy(batch::publish)
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("abandoned");
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    /** The kernel did half of the change and cannot undo it, so it is unknown which pages can be written. */
    @Test
    void pagesThatAreNeitherPublishedNorWritableAgainAreNoLongerWritten() {
        try (CodeHeap heap = heap(WritePath.IN_PLACE)) {
            CodeBlock block = heap.allocate(64);
            calls.failNth("mprotect", 1, Errno.ENOMEM);
            calls.failNth("mprotect", 2, Errno.ENOMEM);
            assertThatThrownBy(block::publish).isInstanceOf(WritePathException.class);
            assertThat(space(heap).regions().ledger().isOpen(offset(block), 64)).isFalse();
            block.free();
            CodeBlock next = heap.define(NativeCode.returning(3));
            assertThat(NativeCode.call(next.address())).isEqualTo(3);
            assertThat(heap.audit().misplaced()).isEmpty();
        }
    }

    @Test
    void aClosedHeapHealsNothing() {
        CodeHeap heap = heap(WritePath.IN_PLACE);
        heap.close();
        assertThatThrownBy(heap::heal).isInstanceOf(HeapClosedException.class);
    }
}
