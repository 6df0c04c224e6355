package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.FaultChoice;
import dev.ashlar.host.Residue;
import dev.ashlar.host.SecretMemory;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: no failing system call at any time in the life of a secret heap causes a crash or a leak, or leaves a secret
 * behind. Method: the test repeats one life from build to close, each time with another failing call.
 */
class SecretFaultScriptTest {
    private static final long REGION = 2 << 20;
    private static final int BYTE_SIZE = 10_000;

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOMEM, Errno.EAGAIN, Errno.EFAULT})
    void ifAnyCallFailsTheHeapWorksOrSaysWhyAndLeavesNothing(int errno) {
        SecretMemory.need(5);
        FaultChoice choice = new FaultChoice();
        live(choice.rehearsal());
        assertThat(choice.callCount()).isGreaterThan(30);
        for (int nth : choice.chosen()) {
            Residue before = Residue.now();
            FaultyCalls calls = FaultChoice.failing(nth, errno);
            live(calls);
            assertThat(calls.calls()).filteredOn(FaultyCalls.Call::injected).as("call %d", nth).hasSize(1);
            before.assertNoDescriptorOrMappingLeft(calls);
        }
    }

    /** A whole life. Only building and allocating may fail, and only once: the second attempt has no fault. */
    private static void live(FaultyCalls calls) {
        SecretHeap heap;
        try {
            heap = SecretHeap.builder().capacity(6 * REGION).systemCalls(calls).build();
        } catch (BackingUnavailableException | UnsupportedHostException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        // Each at the start of a region, so that few pages are populated: populating a page is slow.
        MemorySegment first = allocate(heap).fill((byte) 1);
        MemorySegment second = allocate(heap).fill((byte) 2);
        MemorySegment third = allocate(heap).fill((byte) 3);
        useArena(heap);
        heap.free(first);
        heap.free(third);
        heap.trim();
        HeapAudit audit = heap.audit();
        assertThat(audit.isClean()).as(audit.toString()).isTrue();
        assertThat(second.get(ValueLayout.JAVA_BYTE, BYTE_SIZE - 1)).isEqualTo((byte) 2);
        heap.free(second);
        heap.trim();
        heap.trim();
        assertThat(heap.committedByteSize()).isZero();
        assertThat(heap.report().hiddenByteSize()).isZero();
        useArena(heap);
        heap.space().blocks().checkInvariants();
        heap.close();
    }

    private static MemorySegment allocate(SecretHeap heap) {
        HeapStats before = heap.stats();
        MemorySegment block;
        try {
            block = heap.allocate(BYTE_SIZE, REGION);
        } catch (HeapExhaustedException refused) {
            assertThat(refused.refusals()).isNotEmpty();
            assertThat(heap.stats().liveByteSize()).isEqualTo(before.liveByteSize());
            block = heap.allocate(BYTE_SIZE, REGION);
        }
        assertThat(block.mismatch(MemorySegment.ofArray(new byte[BYTE_SIZE]))).isEqualTo(-1);
        return block;
    }

    private static void useArena(SecretHeap heap) {
        try (Arena arena = heap.confinedArena()) {
            MemorySegment segment;
            try {
                segment = arena.allocate(100);
            } catch (HeapExhaustedException refused) {
                assertThat(refused.refusals()).isNotEmpty();
                segment = arena.allocate(100);
            }
            segment.set(ValueLayout.JAVA_LONG, 0, 42);
            assertThat(segment.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
        }
    }
}
