package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapExhaustedException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: an empty pool causes no crash. Method: another heap takes every free page of the machine's pool. */
class PoolRunsDryTest {
    private static final long REGION = 2 << 20;

    /** Heaps that hold all free pages of the pool. */
    private static final class Hog implements AutoCloseable {
        private final List<CodeHeap> heaps = new ArrayList<>();

        Hog() {
            long left = HugePages.pool().available();
            while (left > 0) {
                long count = Math.min(left, CodeHeap.LARGEST_CAPACITY / REGION);
                CodeHeap heap = CodeHeap.builder()
                        .memory(MemoryDemand.HUGETLB)
                        .capacity(count * REGION)
                        .name("hog")
                        .build();
                heaps.add(heap);
                heap.precommit(count * REGION);
                left -= count;
            }
            assertThat(HugePages.pool().available()).isZero();
        }

        @Override
        public void close() {
            heaps.forEach(CodeHeap::close);
        }
    }

    @Test
    void theNextRegionComesFromTheNextRungAndLaterOnesFromThePoolAgain() {
        HugePages.need(MemoryDemand.THP, 0).close();
        try (HugePages _ = HugePages.need(MemoryDemand.HUGETLB, 4);
                CodeHeap heap = CodeHeap.builder().capacity(16 * REGION).withoutPreparedRegions().build()) {
            List<CodeBlock> blocks = new ArrayList<>();
            blocks.add(regionReturning(heap, 0));
            assertThat(heap.report().refusals()).isEmpty();
            try (Hog _ = new Hog()) {
                blocks.add(regionReturning(heap, 1));
                blocks.add(regionReturning(heap, 2));
                assertThat(heap.report().backings()).containsExactly(Backing.HUGETLB, Backing.SHMEM_THP);
                assertThat(heap.report().refusals()).containsExactly(new Refusal(
                        "hugetlb",
                        "fallocate(fd, 0, 4194304, 2097152)",
                        "ENOSPC (28)",
                        enlargeThePool()));
                assertThat(heap.audit().isClean()).isTrue();
                assertThat(heap.audit().hugeByteSize()).isEqualTo(6 * REGION);
            }
            blocks.add(regionReturning(heap, 3));
            assertThat(heap.stats().committedByBacking())
                    .containsEntry(Backing.HUGETLB, 2 * REGION)
                    .containsEntry(Backing.SHMEM_THP, 2 * REGION);
            for (int index = 0; index < blocks.size(); index++) {
                assertThat(NativeCode.call(blocks.get(index).address())).isEqualTo(index);
            }
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void aHeapOfThePoolAloneSaysThatThePoolIsDryAndContinues() {
        try (HugePages _ = HugePages.need(MemoryDemand.HUGETLB, 3);
                CodeHeap heap = CodeHeap.builder()
                        .memory(MemoryDemand.HUGETLB)
                        .capacity(16 * REGION)
                        .build()) {
            CodeBlock first = regionReturning(heap, 1);
            try (Hog _ = new Hog()) {
                HeapExhaustedException dry =
                        catchThrowableOfType(HeapExhaustedException.class, () -> heap.allocate(2 * REGION));
                assertThat(dry.refusals()).singleElement().satisfies(refusal -> {
                    assertThat(refusal.error()).isEqualTo("ENOSPC (28)");
                    assertThat(refusal.remedy()).contains("sudo sysctl vm.nr_hugepages=");
                });
                assertThat(dry)
                        .hasMessageContaining("asked=4194304 bytes, largest free run=0 bytes, committed=2097152 bytes,"
                                + " capacity=33554432 bytes, backing=[hugetlb]. hugetlb: fallocate(fd, 0, 2097152,"
                                + " 2097152) failed: ENOSPC (28). Enlarge the pool");
                assertThat(NativeCode.call(first.address())).isEqualTo(1);
                first.free();
                // The empty region was kept, so the empty pool is not asked.
                assertThat(NativeCode.call(regionReturning(heap, 2).address())).isEqualTo(2);
            }
            assertThat(NativeCode.call(regionReturning(heap, 3).address())).isEqualTo(3);
        }
    }

    @Test
    void noHeapOfThePoolIsBuiltFromADryPool() {
        try (HugePages _ = HugePages.need(MemoryDemand.HUGETLB, 1);
                Hog _ = new Hog()) {
            BackingUnavailableException dry = catchThrowableOfType(
                    BackingUnavailableException.class,
                    () -> CodeHeap.builder().memory(MemoryDemand.HUGETLB).build());
            assertThat(dry).hasMessage("no memory for a heap: asked=HUGETLB. hugetlb: fallocate(fd, 0, 0, 2097152)"
                    + " failed: ENOSPC (28). " + enlargeThePool());
        }
    }

    private static String enlargeThePool() {
        return "Enlarge the pool (sudo sysctl vm.nr_hugepages=N, N pages of 2 MiB, now "
                + HugePages.pool().total() + ", all in use).";
    }

    private static CodeBlock regionReturning(CodeHeap heap, int value) {
        CodeBlock block = heap.allocate(REGION);
        block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(value)));
        block.publish();
        return block;
    }
}
