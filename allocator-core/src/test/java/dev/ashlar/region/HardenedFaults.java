package dev.ashlar.region;

import static dev.ashlar.TestHeaps.over;
import static dev.ashlar.TestHeaps.space;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.host.FaultChoice;
import dev.ashlar.host.HardenedCell;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import java.lang.foreign.MemorySegment;

/**
 * Repeats one life of a hardened heap from build to close, each time with another failing call before the close. The
 * arguments of the program are the level and the memory.
 */
final class HardenedFaults {
    private static final long REGION = 2 << 20;
    private static final int LEAST_CALL_COUNT = 40;

    private HardenedFaults() {}

    public static void main(String[] arguments) {
        liveWithEachCallFailing(new HardenedCell(Hardening.valueOf(arguments[0]), MemoryDemand.valueOf(arguments[1])));
    }

    static void liveWithEachCallFailing(HardenedCell cell) {
        FaultChoice choice = new FaultChoice();
        live(cell, choice.rehearsal());
        assertThat(choice.callCount()).isGreaterThan(LEAST_CALL_COUNT);
        for (int nth : choice.chosen()) {
            Residue before = Residue.now();
            FaultyCalls calls = FaultChoice.failing(nth, Errno.EPERM);
            live(cell, calls);
            if (cell.isPinned()) {
                // The mappings of a pinned heap stay.
                assertThat(Residue.now()).as("call %d", nth).isEqualTo(before);
            } else {
                before.assertNothingLeft(calls);
            }
        }
    }

    /** Allows only building and allocating to fail, and only once. */
    private static void live(HardenedCell cell, FaultyCalls calls) {
        CodeHeap heap;
        try {
            heap = over(calls, cell.builder()).capacity(8 * REGION).withoutPreparedRegions().build();
        } catch (BackingUnavailableException | UnsupportedHostException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        CodeBlock large = allocate(heap, 3 * REGION);
        large.writable().fill((byte) 0x90);
        large.free();
        heap.trim();
        CodeBlock block = allocate(heap, 6);
        block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(42)));
        assertThat(NativeCode.call(block.publish().address())).isEqualTo(42);
        block.free();
        heap.trim();
        HeapAudit audit = heap.audit();
        assertThat(audit.isClean()).as(audit.toString()).isTrue();
        space(heap).blocks().checkInvariants();
        calls.heal();
        heap.close();
    }

    private static CodeBlock allocate(CodeHeap heap, long byteSize) {
        try {
            return heap.allocate(byteSize);
        } catch (HeapExhaustedException refused) {
            assertThat(refused.refusals()).isNotEmpty();
            return heap.allocate(byteSize);
        }
    }
}
