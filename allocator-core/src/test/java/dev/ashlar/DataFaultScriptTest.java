package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.heap.InPlaceView;
import dev.ashlar.host.CallSites;
import dev.ashlar.host.FaultChoice;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.TrimEffort;
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
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: no failing system call at any time in the life of a data heap causes a crash, a leak or an unusable heap.
 * Method: the test repeats one life from build to close, each time with another failing call.
 */
class DataFaultScriptTest {
    private static final long REGION = 2 << 20;

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(MemoryDemand.AUTO, Errno.ofNumber(Errno.ENOMEM)),
                Arguments.of(MemoryDemand.HUGETLB, Errno.ofNumber(Errno.ENOSPC)),
                Arguments.of(MemoryDemand.THP, Errno.ofNumber(Errno.EINVAL)),
                Arguments.of(MemoryDemand.SHMEM_THP, Errno.ofNumber(Errno.EPERM)),
                Arguments.of(MemoryDemand.SMALL, Errno.ofNumber(Errno.EACCES)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("faults")
    void ifAnyCallFailsTheHeapWorksOrSaysWhyAndLeavesNothing(MemoryDemand memory, Errno errno) {
        try (HugePages _ = HugePages.needForData(memory, 5)) {
            FaultChoice choice = new FaultChoice();
            live(memory, choice.rehearsal());
            assertThat(choice.callCount()).isGreaterThan(30);
            for (int nth : choice.chosen()) {
                Residue before = Residue.now();
                FaultyCalls calls = FaultChoice.failing(nth, errno.number());
                live(memory, calls);
                assertThat(calls.calls()).filteredOn(FaultyCalls.Call::injected).as("call %d", nth).hasSize(1);
                before.assertNothingLeft(calls);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(MemoryDemand.class)
    void everyErrorOfAManualPageIsSurvived(MemoryDemand memory) {
        try (HugePages _ = HugePages.needForData(memory, 5)) {
            CallSites.letEachFail(calls -> live(memory, calls));
        }
    }

    /** A whole life. Only building and allocating may fail, and only once: the second attempt has no fault. */
    private static void live(MemoryDemand memory, FaultyCalls calls) {
        DataHeap heap;
        try {
            heap = DataHeap.builder()
                    .memory(memory)
                    .capacity(6 * REGION)
                    .systemCalls(calls)
                    .withoutPreparedRegions()
                    .build();
        } catch (BackingUnavailableException | UnsupportedHostException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        MemorySegment large = allocate(heap, 3 * REGION).fill((byte) 1);
        useArena(heap);
        heap.free(large);
        MemorySegment first = allocate(heap, REGION).fill((byte) 2);
        MemorySegment second = allocate(heap, REGION).fill((byte) 3);
        heap.free(first);
        heap.trim();
        HeapAudit audit = heap.audit();
        assertThat(audit.isClean()).as(audit.toString()).isTrue();
        assertThat(second.get(ValueLayout.JAVA_BYTE, REGION - 1)).isEqualTo((byte) 3);
        heap.free(second);
        heap.trim();
        heap.trim();
        assertThat(heap.committedByteSize()).isZero();
        useArena(heap);
        audit = heap.audit();
        assertThat(audit.isClean()).as(audit.toString()).isTrue();
        useDiscardedPages(heap);
        heap.space().blocks().checkInvariants();
        heap.close();
    }

    private static MemorySegment allocate(DataHeap heap, long byteSize) {
        HeapStats before = heap.stats();
        try {
            return heap.allocate(byteSize);
        } catch (HeapExhaustedException refused) {
            assertThat(refused.refusals()).isNotEmpty();
            assertThat(heap.stats().liveByteSize()).isEqualTo(before.liveByteSize());
            return heap.allocate(byteSize);
        }
    }

    private static void useDiscardedPages(DataHeap heap) {
        // So that each life makes the same calls.
        InPlaceView.pauseHealing(heap.space());
        MemorySegment small = allocate(heap, 100).fill((byte) 5);
        heap.trim(TrimEffort.FREE_PAGES);
        MemorySegment large = allocate(heap, REGION / 2).fill((byte) 6);
        assertThat(small.get(ValueLayout.JAVA_BYTE, 99)).isEqualTo((byte) 5);
        heap.free(small);
        heap.free(large);
    }

    private static void useArena(DataHeap heap) {
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
