package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.SecretHeap;
import dev.ashlar.host.SecretMemory;
import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.report.HeapReport;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages leave the kernel's map of memory only when blocks need them. The heap and the kernel count the same. */
class SecretPagesTest {
    private static final long REGION = 2 << 20;
    private static final long PAGE = 4096;
    private static final int REGION_COUNT = 3;

    private SecretHeap heap;

    @BeforeEach
    void buildHeap() {
        SecretMemory.need(REGION_COUNT);
        heap = SecretHeap.builder().capacity(REGION_COUNT * REGION).build();
    }

    @AfterEach
    void closeHeap() {
        if (heap != null) {
            heap.close();
        }
    }

    private void assertHidden(long byteSize) {
        HeapReport report = heap.report();
        assertThat(report.hiddenByteSize()).isEqualTo(byteSize);
        assertThat(SecretMemory.residentByteSize(report.address(), report.capacityByteSize())).isEqualTo(byteSize);
    }

    @Test
    void aHeapWithoutBlocksHasARegionAndNoPage() {
        assertThat(heap.committedByteSize()).isEqualTo(REGION);
        assertHidden(0);
    }

    @Test
    void aBlockBringsItsOwnPagesAndNoOther() {
        MemorySegment small = heap.allocate(100);
        assertHidden(PAGE);
        heap.allocate(100);
        assertHidden(PAGE);
        MemorySegment large = heap.allocate(5 * PAGE);
        assertHidden(6 * PAGE);
        heap.free(small);
        heap.free(large);
        assertHidden(6 * PAGE);
        heap.allocate(5 * PAGE);
        assertHidden(6 * PAGE);
    }

    @Test
    void aBlockOverSeveralRegionsHasAllItsPages() {
        MemorySegment block = heap.allocate(2 * REGION + 1);
        assertHidden(2 * REGION + PAGE);
        heap.free(block);
        // One empty region is kept.
        assertHidden(heap.committedByteSize());
        assertThat(heap.committedByteSize()).isEqualTo(REGION);
        heap.trim();
        assertHidden(0);
        assertThat(heap.committedByteSize()).isZero();
    }

    @Test
    void anArenaBringsPagesOnlyForItsSegments() {
        try (Arena arena = heap.confinedArena()) {
            arena.allocate(200);
            arena.allocate(200);
            arena.allocate(200);
            // The first piece of a chunk of 16 KiB.
            arena.allocate(1000);
            arena.allocate(1000);
        }
        long hidden = heap.report().hiddenByteSize();
        assertThat(hidden).isLessThanOrEqualTo(4 * PAGE);
        assertHidden(hidden);
    }

    @Seeded
    void theKernelCountsTheSamePagesAfterRandomAllocationsAndFrees(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<MemorySegment> live = new ArrayList<>();
        for (int round = 0; round < 3000; round++) {
            live.add(heap.allocate(64 + random.nextInt(449)));
            if (live.size() > 1500) {
                heap.free(live.remove(random.nextInt(live.size())));
            }
        }
        HeapReport full = heap.report();
        assertThat(full.hiddenByteSize()).isPositive().isLessThanOrEqualTo(full.committedByteSize());
        assertHidden(full.hiddenByteSize());
        live.forEach(heap::free);
        HeapReport empty = heap.report();
        assertHidden(empty.hiddenByteSize());
        if (Seeds.isFixed(seed)) {
            // All blocks lie in one region, which the heap keeps.
            assertThat(empty.hiddenByteSize()).isEqualTo(full.hiddenByteSize()).isLessThan(REGION);
        }
        assertThat(heap.trim()).isPositive();
        assertHidden(0);
    }
}
