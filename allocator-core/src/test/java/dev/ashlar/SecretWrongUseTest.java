package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.host.Residue;
import dev.ashlar.host.SecretMemory;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.report.WrongAddressException.Reason;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Wrong use of a secret heap throws, says what is wrong, and changes neither counts nor contents. */
class SecretWrongUseTest {
    private static final long CAPACITY = 4 << 20;
    private static final byte MARK = 0x5a;

    private static void assertRefused(SecretHeap heap, Reason reason, ThrowingCallable wrong) {
        HeapStats before = heap.stats();
        WrongAddressException refused = catchThrowableOfType(WrongAddressException.class, wrong);
        assertThat(refused).isNotNull();
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(heap.stats()).isEqualTo(before);
    }

    private static boolean isMarked(MemorySegment block) {
        return block.elements(ValueLayout.JAVA_BYTE).allMatch(one -> one.get(ValueLayout.JAVA_BYTE, 0) == MARK);
    }

    @Test
    void wrongFreesByAnyThreadChangeNoSecret() throws Exception {
        SecretMemory.need(2);
        try (SecretHeap heap = SecretHeap.builder().capacity(CAPACITY).build();
                DataHeap other = DataHeap.builder().capacity(CAPACITY).build();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            for (long byteSize : new long[] {64, 256, 700, 5000, 20_000}) {
                MemorySegment before = heap.allocate(byteSize).fill(MARK);
                MemorySegment block = heap.allocate(byteSize).fill(MARK);
                MemorySegment freed = heap.allocate(byteSize);
                MemorySegment behind = heap.allocate(byteSize).fill(MARK);
                MemorySegment foreign = other.allocate(byteSize).fill(MARK);
                heap.free(freed);
                List<Runnable> wrongs = List.of(
                        () -> assertRefused(heap, Reason.NOT_LIVE, () -> heap.free(freed)),
                        () -> assertRefused(heap, Reason.INTERIOR, () -> heap.free(block.asSlice(16))),
                        () -> assertRefused(heap, Reason.INTERIOR, () -> heap.free(block.asSlice(byteSize - 1))),
                        () -> assertRefused(heap, Reason.FOREIGN, () -> heap.free(foreign)),
                        () -> assertRefused(heap, Reason.FOREIGN, () -> heap.free(MemorySegment.NULL)));
                for (Runnable wrong : wrongs) {
                    wrong.run();
                    thread.submit(wrong).get();
                }
                assertThat(List.of(before, block, behind, foreign)).allMatch(SecretWrongUseTest::isMarked);
                List.of(before, block, behind).forEach(heap::free);
            }
            heap.space().blocks().checkInvariants();
        }
    }

    @Test
    void onlyTheArenaFreesItsSegment() {
        SecretMemory.need(1);
        try (SecretHeap heap = SecretHeap.builder().capacity(CAPACITY).build();
                Arena arena = heap.confinedArena()) {
            MemorySegment segment = arena.allocate(256).fill(MARK);
            assertRefused(heap, Reason.HELD_BY_OBJECT, () -> heap.free(segment));
            assertThat(isMarked(segment)).isTrue();
        }
    }

    @Test
    void anOpenArenaKeepsTheHeapOpen() {
        SecretMemory.need(1);
        SecretHeap heap = SecretHeap.builder().capacity(CAPACITY).build();
        try (Arena arena = heap.sharedArena()) {
            MemorySegment segment = arena.allocate(64).fill(MARK);
            assertThatThrownBy(heap::close).isInstanceOf(BlockStateException.class);
            assertThat(isMarked(segment)).isTrue();
        }
        heap.close();
    }

    @Test
    void closingGivesEverythingBackAndEveryCallThrowsAfterwards() {
        SecretMemory.need(2);
        FaultyCalls calls = new FaultyCalls(Libc.system());
        Residue before = Residue.now();
        SecretHeap heap = SecretHeap.builder().name("gone").systemCalls(calls).build();
        MemorySegment segment = heap.allocate(100);
        heap.allocate(3 << 20);
        heap.audit();
        heap.confinedArena().close();
        heap.close();
        before.assertNoDescriptorOrMappingLeft(calls);
        List<ThrowingCallable> uses = List.of(
                () -> heap.allocate(1),
                () -> heap.allocate(1, 64),
                () -> heap.free(segment),
                heap::confinedArena,
                heap::sharedArena,
                heap::trim,
                heap::stats,
                heap::report,
                heap::audit);
        for (ThrowingCallable use : uses) {
            assertThatThrownBy(use).isInstanceOf(HeapClosedException.class).hasMessage("heap gone is closed");
        }
        assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(heap.committedByteSize()).isZero();
        int callCount = calls.calls().size();
        heap.close();
        assertThat(calls.calls()).hasSize(callCount);
    }
}
