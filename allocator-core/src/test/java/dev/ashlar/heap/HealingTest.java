package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.over;
import static dev.ashlar.TestHeaps.space;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Regions that publishing in place has split are made huge again. */
class HealingTest {
    private static final int PAGES_PER_REGION = 512;

    private final FaultyCalls calls = new FaultyCalls(Libc.system());

    private CodeHeap heap() {
        return over(calls, CodeHeap.builder()).writePath(WritePath.IN_PLACE).memory(MemoryDemand.THP).build();
    }

    private static List<CodeBlock> define(CodeHeap heap, int count) {
        List<CodeBlock> blocks = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            blocks.add(heap.define(NativeCode.returning(index)));
        }
        return blocks;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        boolean holds = condition.getAsBoolean();
        while (!holds && System.nanoTime() < end) {
            Thread.sleep(5);
            holds = condition.getAsBoolean();
        }
        assertThat(holds).isTrue();
    }

    /** {@return a heap of which no region is healed in the background} */
    private CodeHeap heapHealedOnRequest() {
        CodeHeap heap = heap();
        InPlaceView.pauseHealing(space(heap));
        return heap;
    }

    /** The kernel may lack a free huge page at first. */
    private static void awaitHealed(CodeHeap heap) throws InterruptedException {
        await(() -> heap.heal() == 1);
    }

    @Test
    void aSplitRegionIsSafeButNotHuge() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 2);
                CodeHeap heap = heapHealedOnRequest()) {
            define(heap, 5);
            assertThat(heap.audit().isSafe()).isTrue();
            assertThat(heap.audit().isHuge()).isFalse();
            assertThat(heap.audit().isClean()).isFalse();
            awaitHealed(heap);
            assertThat(heap.audit().isSafe()).isTrue();
            assertThat(heap.audit().isHuge()).isTrue();
        }
    }

    @Test
    void aFullRegionBecomesHugeWithoutARequest() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 2);
                CodeHeap heap = heap()) {
            List<CodeBlock> blocks = define(heap, PAGES_PER_REGION);
            await(() -> heap.ledger().healedCount() == 1);
            assertThat(heap.audit().isClean()).isTrue();
            assertThat(heap.ledger().splitRegions()).isEmpty();
            assertThat(heap.ledger().timeSplit()).isPositive();
            assertThat(NativeCode.call(blocks.get(500).address())).isEqualTo(500);
        }
    }

    @Test
    void anIdleRegionIsHealedOnRequestAndServesAgainWhenItIsEmpty() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 2);
                CodeHeap heap = heapHealedOnRequest()) {
            List<CodeBlock> blocks = define(heap, 3);
            assertThat(heap.audit().isClean()).isFalse();
            awaitHealed(heap);
            assertThat(heap.audit().isClean()).isTrue();

            CodeBlock next = heap.define(NativeCode.returning(9));
            assertThat(next.address() - blocks.getFirst().address()).isEqualTo(2L << 20);
            blocks.forEach(CodeBlock::free);
            next.free();
            assertThat(heap.define(NativeCode.returning(8)).address()).isEqualTo(blocks.getFirst().address());
        }
    }

    @Test
    void allFreeStretchesOfARegionAreClosedOnRequest() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 2);
                CodeHeap heap = heapHealedOnRequest()) {
            List<CodeBlock> blocks = define(heap, 3);
            CodeBlock between = heap.allocate(6000);
            between.writable().fill((byte) 0x90);
            blocks.addAll(define(heap, 2));
            CodeBlock abandoned = heap.allocate(6000);
            blocks.addAll(define(heap, 1));
            assertThat(heap.heal()).isZero();
            between.free();
            abandoned.free();
            awaitHealed(heap);
            assertThat(heap.audit().isClean()).isTrue();
            assertThat(heap.stats().withheldByteSize()).isEqualTo((PAGES_PER_REGION - 6) * 4096L);
            for (CodeBlock block : blocks) {
                NativeCode.call(block.address());
                block.free();
            }
            assertThat(heap.stats().withheldByteSize()).isZero();
            heap.checkInvariants();
        }
    }

    @Test
    void aStretchThatTheKernelDoesNotCloseIsFreeAgain() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 2);
                CodeHeap heap = heapHealedOnRequest()) {
            define(heap, 1);
            CodeBlock between = heap.allocate(16);
            define(heap, 1);
            between.free();
            calls.failNth("mprotect", 2, Errno.ENOMEM);
            assertThat(heap.heal()).isZero();
            calls.heal();
            assertThat(heap.stats().withheldByteSize()).isEqualTo(4096);
            heap.checkInvariants();
            awaitHealed(heap);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void anEmptyRegionIsHealedOnRequest() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 1);
                CodeHeap heap = heapHealedOnRequest()) {
            define(heap, 3).forEach(CodeBlock::free);
            assertThat(heap.audit().isClean()).isFalse();
            awaitHealed(heap);
            assertThat(heap.audit().isClean()).isTrue();
            assertThat(NativeCode.call(heap.define(NativeCode.returning(4)).address())).isEqualTo(4);
        }
    }

    @Test
    void aRegionThatCannotBeHealedDelaysNoOther() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 3);
                CodeHeap heap = heap()) {
            long refused = space(heap).zone().base();
            calls.failWhen(
                    call -> call.method().equals("madvise")
                            && call.argument(0) == refused
                            && call.argument(2) == Linux.MADV_COLLAPSE,
                    Errno.EINVAL);
            define(heap, 2 * PAGES_PER_REGION);
            await(() -> heap.ledger().healedCount() == 1);
            assertThat(heap.ledger().splitRegions()).extracting(LedgerReport.SplitRegion::index).containsExactly(0);
        }
    }

    @Test
    void aRegionThatIsBeingWrittenIsNotHealed() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 2);
                CodeHeap heap = heapHealedOnRequest()) {
            define(heap, 3);
            CodeBlock open = heap.allocate(16);
            open.writable().fill((byte) 0x90);
            assertThat(heap.heal()).isZero();
            open.publish();
            awaitHealed(heap);
        }
    }

    @Test
    void aRefusalIsCountedAndNothingElseChanges() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 2);
                CodeHeap heap = heapHealedOnRequest()) {
            List<CodeBlock> blocks = define(heap, 3);
            calls.failWhen(
                    call -> call.method().equals("madvise") && call.argument(2) == Linux.MADV_COLLAPSE, Errno.ENOMEM);
            assertThat(heap.heal()).isZero();
            assertThat(heap.ledger().healFailureCount()).isPositive();
            assertThat(NativeCode.call(blocks.get(2).address())).isEqualTo(2);
            calls.heal();
            awaitHealed(heap);
        }
    }

    @Test
    void aRegionSplitsOnceForAllItsBlocks() throws InterruptedException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 4);
                CodeHeap heap = heap()) {
            List<CodeBlock> blocks = define(heap, 3 * PAGES_PER_REGION);
            await(() -> heap.ledger().splitRegions().isEmpty());
            assertThat(heap.ledger().splitCount()).isEqualTo(3);
            for (int index = 0; index < blocks.size(); index += 2) {
                blocks.get(index).free();
            }
            assertThat(heap.ledger().splitCount()).isEqualTo(3);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void aHeapCanBeClosedWhileItsRegionsAreBeingHealed() {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 2)) {
            for (int round = 0; round < 5; round++) {
                try (CodeHeap heap = heap()) {
                    define(heap, PAGES_PER_REGION);
                }
            }
        }
    }
}
