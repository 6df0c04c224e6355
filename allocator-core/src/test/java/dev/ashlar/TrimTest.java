package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.heap.InPlaceView;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.TrimEffort;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.Retention;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Pagemap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a trim gives back of a heap in which few blocks are left, and what it keeps. */
class TrimTest {
    private static final long REGION = 2 << 20;
    private static final int PAGE = 4096;
    private static final int REGION_COUNT = 8;
    private static final int BLOCK_BYTE_SIZE = 2000;
    private static final long CAPACITY = 2 * REGION_COUNT * REGION;

    private static DataHeap heap(MemoryDemand memory) {
        // What the test counts must not change by itself.
        DataHeap heap = DataHeap.builder().memory(memory).capacity(CAPACITY).withoutPreparedRegions().build();
        InPlaceView.pauseHealing(heap.space());
        return heap;
    }

    /** Fills some regions and frees all but one block in each. */
    private static List<MemorySegment> burst(DataHeap heap) {
        List<MemorySegment> all = new ArrayList<>();
        while (heap.committedByteSize() < REGION_COUNT * REGION) {
            all.add(heap.allocate(BLOCK_BYTE_SIZE).fill((byte) 7));
        }
        List<MemorySegment> kept = new ArrayList<>();
        long region = -1;
        for (MemorySegment block : all) {
            if (block.address() / REGION != region) {
                region = block.address() / REGION;
                kept.add(block);
            } else {
                heap.free(block);
            }
        }
        assertThat(kept).hasSizeGreaterThanOrEqualTo(REGION_COUNT - 1);
        return kept;
    }

    private static long presentByteSize(DataHeap heap) {
        long base = heap.space().base();
        long present = 0;
        for (long offset = 0; offset < CAPACITY; offset += PAGE) {
            present += Pagemap.isPresent(Libc.system(), base + offset) ? PAGE : 0;
        }
        return present;
    }

    @ParameterizedTest
    @EnumSource(value = MemoryDemand.class, mode = EnumSource.Mode.EXCLUDE, names = {"AUTO", "HUGETLB"})
    void freePagesGoBackAndLiveBlocksKeepTheirContents(MemoryDemand memory) {
        try (DataHeap heap = heap(memory)) {
            List<MemorySegment> kept = burst(heap);
            heap.trim();
            long committed = heap.committedByteSize();
            assertThat(presentByteSize(heap)).as("before").isEqualTo(committed);

            long byteSize = heap.trim(TrimEffort.FREE_PAGES);

            assertThat(byteSize).isGreaterThan(committed * 9 / 10);
            // Of shared memory the kernel takes the pages that stay out of the page table too, until the next touch.
            assertThat(presentByteSize(heap)).isLessThanOrEqualTo(committed - byteSize);
            Retention retention = heap.retention().getFirst();
            assertThat(retention.discardedByteSize()).isEqualTo(byteSize);
            assertThat(retention.heldByteSize()).isEqualTo(committed - byteSize);
            assertThat(retention.freePageByteSize()).isZero();
            assertThat(heap.trim(TrimEffort.FREE_PAGES)).as("nothing is left").isZero();
            assertThat(kept).allSatisfy(block -> assertThat(block.mismatch(filled())).isEqualTo(-1));
            heap.space().blocks().checkInvariants();
        }
    }

    private static MemorySegment filled() {
        return MemorySegment.ofArray(new byte[BLOCK_BYTE_SIZE]).fill((byte) 7);
    }

    @ParameterizedTest
    @EnumSource(value = MemoryDemand.class, mode = EnumSource.Mode.EXCLUDE, names = {"AUTO", "HUGETLB"})
    void discardedPagesComeBackBeforeABlockIsHandedOutThere(MemoryDemand memory) {
        try (DataHeap heap = heap(memory)) {
            List<MemorySegment> kept = burst(heap);
            heap.trim(TrimEffort.FREE_PAGES);
            List<MemorySegment> again = new ArrayList<>();
            while (heap.retention().getFirst().discardedByteSize() > 0) {
                MemorySegment block = heap.allocate(3 * PAGE);
                for (long at = 0; at < block.byteSize(); at += PAGE) {
                    assertThat(Pagemap.isPresent(Libc.system(), block.address() + at)).isTrue();
                }
                assertThat(block.get(ValueLayout.JAVA_LONG, 0)).isZero();
                again.add(block);
                // The rest of a region has room for smaller blocks only.
                again.add(heap.allocate(PAGE, PAGE));
            }
            assertThat(presentByteSize(heap)).isEqualTo(heap.committedByteSize());
            assertThat(kept).allSatisfy(block -> assertThat(block.mismatch(filled())).isEqualTo(-1));
            again.forEach(heap::free);
        }
    }

    @ParameterizedTest
    @EnumSource(value = MemoryDemand.class, names = {"THP", "SHMEM_THP"})
    void aRegionIsHealedWhenAllItsPagesAreBack(MemoryDemand memory) {
        try (HugePages _ = HugePages.needForData(memory, REGION_COUNT + 1);
                DataHeap heap = heap(memory)) {
            burst(heap);
            heap.trim();
            assertThat(heap.audit().isClean()).isTrue();
            heap.trim(TrimEffort.FREE_PAGES);
            assertThat(heap.audit().isClean()).isFalse();
            assertThat(InPlaceView.heal(heap.space())).as("pages are missing").isZero();

            List<MemorySegment> again = new ArrayList<>();
            while (heap.retention().getFirst().discardedByteSize() > 0) {
                again.add(heap.allocate(PAGE, PAGE));
            }

            assertThat(InPlaceView.heal(heap.space())).isGreaterThanOrEqualTo(REGION_COUNT - 1);
            assertThat(heap.audit().isClean()).isTrue();
            again.forEach(heap::free);
        }
    }

    @Test
    void anAllocationIsRefusedIfItsPagesDoNotComeBack() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (DataHeap heap = DataHeap.builder()
                .memory(MemoryDemand.SMALL).capacity(REGION).systemCalls(calls).build()) {
            MemorySegment kept = heap.allocate(BLOCK_BYTE_SIZE).fill((byte) 7);
            heap.trim(TrimEffort.FREE_PAGES);
            long live = heap.stats().liveByteSize();
            calls.failWhen(call -> call.method().equals("madvise"), Errno.ENOMEM);

            assertThatThrownBy(() -> heap.allocate(100 * PAGE))
                    .isInstanceOf(HeapExhaustedException.class)
                    .hasMessageContaining("MADV_POPULATE_WRITE")
                    .hasMessageContaining("ENOMEM");

            calls.heal();
            assertThat(heap.stats().liveByteSize()).isEqualTo(live);
            heap.allocate(100 * PAGE).fill((byte) 1);
            assertThat(kept.mismatch(filled())).isEqualTo(-1);
        }
    }

    @Test
    void pagesThatTheKernelMayHaveTakenComeBackBeforeTheirUse() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (DataHeap heap = DataHeap.builder()
                .memory(MemoryDemand.SMALL).capacity(REGION).systemCalls(calls).build()) {
            heap.allocate(BLOCK_BYTE_SIZE);
            // As if a part of the range were locked.
            calls.failWhen(
                    call -> call.method().equals("madvise") && call.argument(2) == Linux.MADV_DONTNEED, Errno.EINVAL);
            assertThat(heap.trim(TrimEffort.FREE_PAGES)).isZero();
            calls.heal();
            int before = populatedCount(calls);
            heap.allocate(100 * PAGE);
            assertThat(populatedCount(calls)).isGreaterThan(before);
        }
    }

    private static int populatedCount(FaultyCalls calls) {
        return (int) calls.calls("madvise").stream()
                .filter(call -> call.argument(2) == Linux.MADV_POPULATE_WRITE)
                .count();
    }

    @Test
    void aRegionThatEmptiesAfterATrimGoesBackAndIsNoReadyMemory() {
        try (DataHeap heap = heap(MemoryDemand.SMALL)) {
            MemorySegment block = heap.allocate(BLOCK_BYTE_SIZE);
            heap.trim(TrimEffort.FREE_PAGES);
            heap.free(block);
            heap.trim();
            assertThat(heap.committedByteSize()).isZero();
            heap.precommit(REGION);
            assertThat(presentByteSize(heap)).isEqualTo(heap.committedByteSize()).isEqualTo(REGION);
        }
    }

    @Test
    void aPageOfThePoolIsNotGivenBackInPieces() {
        try (HugePages _ = HugePages.needForData(MemoryDemand.HUGETLB, REGION_COUNT + 1);
                DataHeap heap = heap(MemoryDemand.HUGETLB)) {
            burst(heap);
            heap.trim();
            assertThat(heap.trim(TrimEffort.FREE_PAGES)).isZero();
            Retention retention = heap.retention().getFirst();
            assertThat(retention.freePageByteSize()).isGreaterThan(REGION_COUNT * REGION / 2);
            assertThat(retention.reason()).contains("hugetlb");
        }
    }

    @Test
    void aCodeHeapSaysWhatItKeepsAndWhy() {
        try (CodeHeap heap = CodeHeap.builder().capacity(CAPACITY).withoutPreparedRegions().build()) {
            CodeBlock kept = heap.allocate(BLOCK_BYTE_SIZE);
            Retention retention = heap.retention().getFirst();
            assertThat(retention.domain()).isEqualTo(Domain.CODE);
            assertThat(retention.committedByteSize()).isEqualTo(heap.committedByteSize());
            assertThat(retention.freePageByteSize()).isGreaterThan(REGION / 2);
            assertThat(retention.partialPageByteSize()).isNotNegative();
            assertThat(retention.reason()).contains("no traps");
            kept.free();
        }
    }
}
