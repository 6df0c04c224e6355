package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.over;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.DataAddresses;
import dev.ashlar.DataHeap;
import dev.ashlar.DataHeapBuilder;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryDataRung;
import dev.ashlar.host.Touch;
import dev.ashlar.memory.Access;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The kernel's tables of a data heap: huge as intended, holes elsewhere, never executable. */
class DataAuditTest {
    private static final long REGION = 2 << 20;
    private static final int REGION_COUNT = 16;

    private final SystemCalls kernel = Libc.system();

    private static DataHeap threeRegions(DataHeapBuilder builder) {
        DataHeap heap = builder.capacity(REGION_COUNT * REGION).build();
        heap.allocate(3 * REGION);
        return heap;
    }

    @OnEveryDataRung
    void everyRegionIsMappedAsItsBackingIntends(MemoryDemand memory) {
        boolean huge = memory != MemoryDemand.SMALL;
        try (HugePages _ = HugePages.needForData(memory, 3);
                DataHeap heap = threeRegions(DataHeap.builder().memory(memory))) {
            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).as(audit.toString()).isTrue();
            assertThat(audit.regions()).extracting(HeapAudit.Region::index).containsExactly(0, 1, 2);
            assertThat(audit.regions()).allMatch(region -> region.views().equals(Set.of(Access.WRITE)));
            assertThat(audit.regions()).extracting(HeapAudit.Region::isHuge).containsOnly(huge);
            assertThat(audit.intendedHugeByteSize()).isEqualTo(huge ? 3 * REGION : 0);
            assertThat(audit.hugeByteSize()).isEqualTo(audit.intendedHugeByteSize());
            assertThat(audit.smapsHugeByteSize()).isEqualTo(audit.hugeByteSize());
            try (PagemapScan scan = PagemapScan.open(kernel).orElseThrow()) {
                assertThat(scan.hugeBytes(heap.report().address(), heap.report().address() + 3 * REGION))
                        .isEqualTo(audit.hugeByteSize());
            }
        }
    }

    @OnEveryDataRung
    void withoutPagemapScanTheAuditReadsTheSameFromSmaps(MemoryDemand memory) {
        FaultyCalls calls = new FaultyCalls(kernel).failAll("ioctl", Errno.ENOTTY);
        try (HugePages _ = HugePages.needForData(memory, 6);
                DataHeap scanning = threeRegions(DataHeap.builder().memory(memory));
                DataHeap heap = threeRegions(over(calls, DataHeap.builder()).memory(memory))) {
            HeapAudit audit = heap.audit();
            assertThat(audit.source()).isEqualTo("smaps");
            assertThat(audit.regions()).isEqualTo(scanning.audit().regions());
            assertThat(audit.hugeByteSize()).isEqualTo(scanning.audit().hugeByteSize());
            assertThat(audit.isClean()).isTrue();
        }
    }

    @OnEveryDataRung
    void anExecutablePageIsNamed(MemoryDemand memory) {
        try (HugePages _ = HugePages.needForData(memory, 3);
                DataHeap heap = threeRegions(DataHeap.builder().memory(memory))) {
            long region = heap.report().address() + REGION;
            int all = Linux.PROT_READ | Linux.PROT_WRITE | Linux.PROT_EXEC;
            assertThat(kernel.mprotect(region, REGION, all)).isZero();

            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).isFalse();
            assertThat(audit.writableAndExecutable())
                    .singleElement()
                    .asString()
                    .startsWith(Long.toHexString(region) + "-");
            assertThat(audit.misplaced()).hasSize(2).allMatch(text -> text.startsWith("data region 1: expected rw-"));
            assertThat(kernel.mprotect(region, REGION, Linux.PROT_READ | Linux.PROT_WRITE)).isZero();
            assertThat(heap.audit().writableAndExecutable()).isEmpty();
        }
    }

    @Test
    void aSplitRegionIsFoundByItselfAndCountedOnceUntilItIsHealed() {
        try (HugePages _ = HugePages.needForData(MemoryDemand.THP, 0);
                DataHeap heap = threeRegions(DataHeap.builder().memory(MemoryDemand.THP))) {
            assertThat(heap.audit().isClean()).isTrue();
            long region = heap.report().address() + REGION;
            assertThat(kernel.mprotect(region + 4096, 4096, Linux.PROT_READ)).isZero();
            assertThat(kernel.mprotect(region + 4096, 4096, Linux.PROT_READ | Linux.PROT_WRITE)).isZero();

            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).isFalse();
            assertThat(audit.regions()).filteredOn(found -> !found.isAsIntended())
                    .extracting(HeapAudit.Region::index)
                    .containsExactly(1);
            assertThat(audit.hugeByteSize()).isEqualTo(2 * REGION);
            assertThat(audit.pmdSplitCount()).isEqualTo(1);
            assertThat(heap.audit().pmdSplitCount()).isEqualTo(1);

            assertThat(kernel.madvise(region, REGION, Linux.MADV_COLLAPSE)).isZero();
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @OnEveryDataRung
    void uncommittedAndReleasedMemoryIsAHoleThatFaults(MemoryDemand memory) {
        try (HugePages _ = HugePages.needForData(memory, 3);
                Touch touch = new Touch();
                DataHeap heap = DataHeap.builder()
                        .memory(memory)
                        .capacity(REGION_COUNT * REGION)
                        .build()) {
            long base = heap.report().address();
            for (long offset = REGION; offset < REGION_COUNT * REGION; offset += REGION / 2) {
                assertThat(touch.canRead(base + offset)).isFalse();
                assertThat(touch.canWrite(base + offset)).isFalse();
            }
            MemorySegment segment = heap.allocate(3 * REGION);
            assertThat(touch.canWrite(segment.address() + 3 * REGION - 1)).isTrue();
            assertThat(touch.canRead(segment.address() + 3 * REGION)).isFalse();
            heap.free(segment);
            assertThat(heap.trim()).isEqualTo(REGION);
            for (long offset = 0; offset < 3 * REGION; offset += REGION) {
                assertThat(touch.canRead(base + offset)).isFalse();
            }
            assertThat(heap.audit().isClean()).isTrue();
            assertThat(heap.audit().vmaCount()).isEqualTo(1);
        }
    }

    @OnEveryDataRung
    void mappingsFollowRegionsAndNoPermissionChanges(MemoryDemand memory) {
        FaultyCalls calls = new FaultyCalls(kernel);
        try (HugePages _ = HugePages.needForData(memory, 5);
                DataHeap heap = over(calls, DataHeap.builder())
                        .memory(memory)
                        .capacity(REGION_COUNT * REGION)
                        .withoutPreparedRegions()
                        .build()) {
            List<MemorySegment> segments = new ArrayList<>();
            for (int count = 1; count <= 5; count++) {
                segments.add(heap.allocate(REGION));
                assertThat(committedMappings(heap)).hasSize(memory == MemoryDemand.HUGETLB ? count : 1);
            }
            heap.free(segments.get(1));
            heap.free(segments.get(3));
            heap.trim();
            assertThat(committedMappings(heap)).hasSize(3);
            heap.allocate(REGION);
            heap.allocate(REGION);
            assertThat(committedMappings(heap)).hasSize(memory == MemoryDemand.HUGETLB ? 5 : 1);
            heap.trim();

            calls.forget();
            DataAddresses data = heap.addresses();
            heap.free(segments.get(0));
            List<Long> addresses = new ArrayList<>();
            for (int index = 0; index < 2000; index++) {
                addresses.add(data.allocate(1 + index % 900));
            }
            assertThat(committedMappings(heap)).hasSize(memory == MemoryDemand.HUGETLB ? 5 : 1);
            addresses.forEach(data::free);
            assertThat(calls.calls()).isEmpty();
            assertThat(heap.stats().mprotectCallCount()).isZero();
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @OnEveryDataRung
    void mappingsHaveTheNameOfTheHeapAndAreInDumps(MemoryDemand memory) {
        try (HugePages _ = HugePages.needForData(memory, 3);
                DataHeap heap = threeRegions(DataHeap.builder().memory(memory).name("n".repeat(200)))) {
            assertThat(areas(heap))
                    .isNotEmpty()
                    .allMatch(area -> area.flags().contains("dc") && !area.flags().contains("dd"));
            if (memory == MemoryDemand.HUGETLB || memory == MemoryDemand.SHMEM_THP) {
                assertThat(committedMappings(heap)).allMatch(mapping -> mapping.path()
                        .startsWith("/memfd:" + heap.name() + "-" + memory.dataLadder().getFirst()));
            }
        }
    }

    private static List<Smaps.Area> areas(DataHeap heap) {
        return Smaps.readWithin(List.of(AddressRange.ofSize(heap.report().address(), 3 * REGION))).areas();
    }

    private static List<Mapping> committedMappings(DataHeap heap) {
        AddressRange span = AddressRange.ofSize(heap.report().address(), heap.report().capacityByteSize());
        return ProcessMaps.readWithin(List.of(span)).mappings().stream()
                .filter(mapping -> !mapping.permissions().equals("---p"))
                .toList();
    }
}
