package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.MemoryFiles;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.host.Touch;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapReport;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Only committed memory is populated, and released memory returns to the system. */
class MemoryLifeTest {
    private static final long REGION = 2 << 20;

    @OnEveryRung
    void uncommittedMemoryFaultsAndIsNeverPopulated(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 1);
                Touch touch = new Touch();
                CodeHeap heap = builder(memory).name("uncommitted").build()) {
            HeapReport report = heap.report();
            long allocatedBefore = MemoryFiles.allocatedByteSize("uncommitted");
            for (long offset = REGION; offset < report.capacityByteSize(); offset += REGION) {
                assertThat(touch.canRead(report.address() + offset)).isFalse();
                assertThat(touch.canWrite(report.writableAddress() + offset)).isFalse();
                assertThat(touch.canRead(report.writableAddress() + offset + REGION - 1)).isFalse();
            }
            assertThat(touch.canRead(report.address())).isTrue();
            assertThat(touch.canWrite(report.address())).isFalse();
            assertThat(touch.canWrite(report.writableAddress())).isTrue();
            assertThat(allocatedBefore).isEqualTo(REGION);
            assertThat(MemoryFiles.allocatedByteSize("uncommitted")).isEqualTo(allocatedBefore);
        }
    }

    @OnEveryRung
    void aReleasedRegionIsAHoleInBothViews(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 3);
                Touch touch = new Touch();
                CodeHeap heap = builder(memory).build()) {
            CodeBlock first = heap.allocate(REGION);
            CodeBlock second = heap.allocate(REGION);
            CodeBlock third = heap.allocate(REGION);
            long executable = second.address();
            long writable = second.writable().address();
            second.free();
            heap.trim();

            assertThat(permissionsAt(executable)).containsExactly("---p");
            assertThat(permissionsAt(writable)).containsExactly("---p");
            assertThat(touch.canRead(executable)).isFalse();
            assertThat(touch.canRead(writable + REGION - 1)).isFalse();
            assertThat(permissionsAt(first.address())).containsExactly("r-xs");
            assertThat(permissionsAt(third.address())).containsExactly("r-xs");
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    private static List<String> permissionsAt(long address) {
        return ProcessMaps.readWithin(List.of(AddressRange.ofSize(address, REGION))).mappings().stream()
                .map(Mapping::permissions)
                .toList();
    }

    @OnEveryRung
    void aReleasedRegionReturnsItsMemoryToTheSystem(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 5);
                CodeHeap heap = builder(memory).name("going-back").build()) {
            long poolBefore = HugePages.pool().free();
            CodeBlock large = heap.allocate(4 * REGION);
            assertThat(MemoryFiles.allocatedByteSize("going-back")).isEqualTo(4 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
            large.free();

            // One region is kept, so that allocations at the edge of a region do not commit each time.
            assertThat(MemoryFiles.allocatedByteSize("going-back")).isEqualTo(REGION);
            assertThat(heap.stats().committedByteSize()).isEqualTo(REGION);
            assertThat(HugePages.pool().free()).isEqualTo(poolBefore);
            assertThat(heap.trim()).isEqualTo(REGION);
            assertThat(MemoryFiles.allocatedByteSize("going-back")).isZero();
            assertThat(heap.committedByteSize()).isZero();
            assertThat(HugePages.pool().free()).isEqualTo(memory == MemoryDemand.HUGETLB ? poolBefore + 1 : poolBefore);
            assertThat(heap.stats().peakCommittedByteSize()).isEqualTo(4 * REGION);
        }
    }

    @OnEveryRung
    void aRegionThatIsCommittedAgainWorksAndIsFullOfTraps(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 2);
                CodeHeap heap = builder(memory).capacity(REGION).build()) {
            for (int round = 0; round < 5; round++) {
                CodeBlock block = heap.allocate(REGION);
                assertThat(block.writable().mismatch(traps(REGION))).isEqualTo(-1);
                block.writable().fill((byte) round);
                block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(round)));
                assertThat(NativeCode.call(block.publish().address())).isEqualTo(round);
                block.free();
                heap.trim();
                assertThat(heap.committedByteSize()).isZero();
            }
        }
    }

    private static CodeHeapBuilder builder(MemoryDemand memory) {
        return CodeHeap.builder().memory(memory).capacity(8 * REGION).withoutPreparedRegions();
    }

    private static MemorySegment traps(long byteSize) {
        return MemorySegment.ofArray(new byte[(int) byteSize]).fill(NativeCode.TRAP);
    }
}
