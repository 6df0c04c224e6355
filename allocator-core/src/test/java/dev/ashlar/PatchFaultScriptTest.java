package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.FaultChoice;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;

/** As {@link FaultScriptTest}, for a life in which code is patched and trampolines are retargeted. */
class PatchFaultScriptTest {
    private static final long CAPACITY = 4 << 20;

    @OnEveryRung
    void ifAnyCallFailsThePatchIsDoneOrRefusedAndNothingIsLeft(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 3)) {
            FaultChoice choice = new FaultChoice();
            FaultyCalls rehearsal = choice.rehearsal();
            live(memory, rehearsal);
            assertThat(rehearsal.count("membarrier")).isGreaterThan(2);
            for (int nth : choice.chosen()) {
                Residue before = Residue.now();
                FaultyCalls calls = FaultChoice.failing(nth, Errno.EPERM);
                live(memory, calls);
                before.assertNothingLeft(calls);
            }
        }
    }

    private static void live(MemoryDemand memory, FaultyCalls calls) {
        CodeHeap heap;
        try {
            heap = CodeHeap.builder()
                    .withoutPreparedRegions()
                    .memory(memory)
                    .writePath(WritePath.ALIAS)
                    .capacity(CAPACITY)
                    .systemCalls(calls)
                    .build();
        } catch (BackingUnavailableException | UnsupportedHostException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        try (heap) {
            CodeBlock block = PatchableCode.publish(heap, PatchableCode.constant(3), 64);
            for (int value = 1; value <= 3; value++) {
                patch(block, value);
                assertThat(NativeCode.call(block.address())).isEqualTo(value);
            }
            TrampolinePool pool = openTrampolines(heap);
            Trampoline trampoline = pool.take(block.address());
            assertThat(NativeCode.call(trampoline.address())).isEqualTo(3);
            trampoline.free();
            pool.close();
            block.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    private static void patch(CodeBlock block, int value) {
        try {
            block.patch(4, value, 4);
        } catch (UnsupportedHostException refused) {
            assertThat(NativeCode.call(block.address())).isEqualTo(value - 1);
            block.patch(4, value, 4);
        }
    }

    private static TrampolinePool openTrampolines(CodeHeap heap) {
        try {
            return heap.openTrampolines(1);
        } catch (HeapExhaustedException refused) {
            assertThat(heap.stats().liveBlockCount()).isOne();
            return heap.openTrampolines(1);
        }
    }
}
