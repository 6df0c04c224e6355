package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.over;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Precommitted memory serves allocations without a commit, and frees keep it until a trim. */
class PrecommitTest {
    private static final long REGION = 2 << 20;

    private final FaultyCalls calls = new FaultyCalls(Libc.system());

    @OnEveryRung
    void allocationsAndFreesMakeNoSystemCallAfterwards(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 4);
                CodeHeap heap = heap(memory)) {
            heap.precommit(4 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
            calls.forget();
            for (int round = 0; round < 3; round++) {
                CodeBlock all = heap.allocate(4 * REGION);
                all.free();
                List<CodeBlock> blocks = new ArrayList<>();
                for (long taken = 0; taken < 4 * REGION; taken += 8192) {
                    CodeBlock block = heap.allocate(8192);
                    block.publish();
                    blocks.add(block);
                }
                blocks.forEach(CodeBlock::free);
            }
            assertThat(calls.calls()).isEmpty();
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
        }
    }

    @OnEveryRung
    void aTrimReleasesEmptyRegionsAndEndsTheRetention(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 4);
                CodeHeap heap = heap(memory)) {
            heap.precommit(3 * REGION);
            CodeBlock kept = heap.allocate(1);
            assertThat(heap.trim()).isEqualTo(2 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(REGION);
            assertThat(heap.trim()).isZero();

            CodeBlock large = heap.allocate(3 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
            large.free();
            assertThat(heap.committedByteSize()).isEqualTo(2 * REGION);
            kept.free();
            // The thread keeps the page of its last small block, and with it the region, until a trim.
            assertThat(heap.committedByteSize()).isEqualTo(2 * REGION);
            assertThat(heap.trim()).isEqualTo(2 * REGION);
            assertThat(heap.committedByteSize()).isZero();
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void emptyRegionsAreNotCommittedAgain() {
        try (CodeHeap heap = heap(MemoryDemand.SMALL)) {
            heap.precommit(1);
            assertThat(heap.committedByteSize()).isEqualTo(REGION);
            heap.precommit(REGION + 1);
            assertThat(heap.committedByteSize()).isEqualTo(2 * REGION);
            heap.precommit(2 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(2 * REGION);
            heap.allocate(1);
            heap.precommit(2 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(3 * REGION);
        }
    }

    @Test
    void regionsCommittedBeforeARefusalAreKept() {
        try (CodeHeap heap = heap(MemoryDemand.SMALL)) {
            calls.failNth("fallocate", 2, Errno.ENOSPC);
            HeapExhaustedException refused =
                    catchThrowableOfType(HeapExhaustedException.class, () -> heap.precommit(4 * REGION));
            assertThat(refused.refusals()).singleElement().satisfies(refusal -> assertThat(refusal.remedy())
                    .isEqualTo("The system or this process's memory cgroup is out of memory: free memory or"
                            + " raise the limit."));
            assertThat(refused.largestFreeByteSize()).isEqualTo(2 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(2 * REGION);
            heap.precommit(4 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
        }
    }

    @Test
    void aPrecommitThatDoesNotFitInTheHeapIsRefused() {
        try (CodeHeap heap = heap(MemoryDemand.SMALL)) {
            heap.allocate(1);
            assertThatThrownBy(() -> heap.precommit(8 * REGION))
                    .isInstanceOf(HeapExhaustedException.class)
                    .hasMessageContaining("asked=16777216 bytes");
            heap.precommit(7 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(8 * REGION);
        }
    }

    private CodeHeap heap(MemoryDemand memory) {
        return over(calls, CodeHeap.builder()).memory(memory).capacity(8 * REGION).build();
    }
}
