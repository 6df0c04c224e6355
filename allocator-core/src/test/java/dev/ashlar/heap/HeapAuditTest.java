package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.over;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.VmStat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Goal: the audit reports the kernel's tables. Method: the test changes them without the heap's knowledge. */
class HeapAuditTest {
    private static final long REGION = 2 << 20;
    private static final int READ_WRITE_EXECUTE = Linux.PROT_READ | Linux.PROT_WRITE | Linux.PROT_EXEC;

    private final SystemCalls kernel = Libc.system();

    @OnEveryRung
    void aHeapInUseIsCleanAndItsHugeRegionsAreAllHuge(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 3);
                CodeHeap heap = heapOfThreeRegions(memory)) {
            HeapAudit audit = heap.audit();
            boolean huge = memory != MemoryDemand.SMALL;

            assertThat(audit.isClean()).isTrue();
            assertThat(audit.regions()).extracting(HeapAudit.Region::index).containsExactly(0, 1, 2);
            assertThat(audit.regions()).allMatch(HeapAudit.Region::isAsIntended);
            assertThat(audit.regions()).extracting(HeapAudit.Region::isHuge).containsOnly(huge);
            assertThat(audit.regions())
                    .allMatch(region -> region.views().equals(Set.of(Access.EXECUTE, Access.WRITE)));
            assertThat(audit.intendedHugeByteSize()).isEqualTo(huge ? 6 * REGION : 0);
            assertThat(audit.hugeByteSize()).isEqualTo(audit.intendedHugeByteSize());
            assertThat(audit.smapsHugeByteSize()).isEqualTo(audit.intendedHugeByteSize());
            assertThat(audit.pmdSplitCount()).isZero();
            assertThat(audit.source())
                    .isEqualTo(PagemapScan.refusal(kernel).isEmpty() ? "PAGEMAP_SCAN" : "smaps");
        }
    }

    @OnEveryRung
    void aPageThatIsWritableAndExecutableIsNamed(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 3);
                CodeHeap heap = heapOfThreeRegions(memory)) {
            long address = heap.report().address() + REGION;
            assertThat(kernel.mprotect(address, REGION, READ_WRITE_EXECUTE)).isZero();

            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).isFalse();
            assertThat(audit.writableAndExecutable())
                    .singleElement()
                    .asString()
                    .startsWith(Long.toHexString(address))
                    .contains("rwxs");
            assertThat(audit.misplaced()).anyMatch(text -> text.startsWith("code region 1: expected r-xs, found "));
        }
    }

    @OnEveryRung
    void executablePermissionInTheWritableViewIsFound(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 3);
                CodeHeap heap = heapOfThreeRegions(memory)) {
            long address = heap.report().writableAddress();
            assertThat(kernel.mprotect(address, REGION, READ_WRITE_EXECUTE)).isZero();

            assertThat(heap.audit().writableAndExecutable()).hasSize(1);
            assertThat(heap.audit().misplaced()).hasSize(2).allMatch(text -> text.startsWith("code region 0: "));
        }
    }

    @OnEveryRung
    void aForeignPermissionIsNamed(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 3);
                CodeHeap heap = heapOfThreeRegions(memory)) {
            long address = heap.report().writableAddress() + 2 * REGION;
            assertThat(kernel.mprotect(address, REGION, Linux.PROT_READ)).isZero();

            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).isFalse();
            assertThat(audit.writableAndExecutable()).isEmpty();
            assertThat(audit.misplaced())
                    .containsExactly(
                            "code region 2: expected rw-s, found " + Long.toHexString(address) + "-"
                                    + Long.toHexString(address + REGION) + " r--s 400000 /memfd:ashlar-"
                                    + backing(memory).label() + " (deleted)",
                            "code region 2: expected rw-s throughout, found 0 bytes of it");
            assertThat(kernel.mprotect(address, REGION, Linux.PROT_READ | Linux.PROT_WRITE))
                    .isZero();
        }
    }

    @OnEveryRung
    void memoryInAHoleAndAHoleInMemoryAreNamed(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 3);
                CodeHeap heap = heapOfThreeRegions(memory)) {
            long hole = heap.report().address() + 5 * REGION;
            int anonymous = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_FIXED;
            assertThat(kernel.mmap(hole, 4096, Linux.PROT_READ, anonymous, -1, 0)).isEqualTo(hole);
            assertThat(kernel.munmap(heap.report().writableAddress(), REGION)).isZero();

            assertThat(heap.audit().misplaced())
                    .anyMatch(text -> text.startsWith("code region 5: expected ---p, found " + Long.toHexString(hole)))
                    .contains(
                            "code region 5: expected ---p throughout, found 2093056 bytes of it",
                            "code region 0: expected rw-s throughout, found 0 bytes of it")
                    .hasSize(3);
        }
    }

    @Test
    void aSplitRegionIsFoundByItselfAndCountedOnceUntilItIsHealed() {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0);
                CodeHeap heap = heapOfThreeRegions(MemoryDemand.THP)) {
            assertThat(heap.audit().isClean()).isTrue();
            long splitsBefore = VmStat.read().thpSplitPmd().orElse(0);
            long region = heap.report().address() + REGION;
            split(region);

            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).isFalse();
            assertThat(audit.hugeByteSize()).isEqualTo(5 * REGION);
            assertThat(audit.smapsHugeByteSize()).isEqualTo(5 * REGION);
            assertThat(audit.intendedHugeByteSize()).isEqualTo(6 * REGION);
            assertThat(audit.regions()).filteredOn(found -> !found.isAsIntended())
                    .containsExactly(new HeapAudit.Region(
                            Domain.CODE, 1, Backing.SHMEM_THP, Set.of(Access.EXECUTE, Access.WRITE),
                            Set.of(Access.WRITE)));
            assertThat(audit.misplaced()).isEmpty();
            assertThat(audit.pmdSplitCount()).isEqualTo(1);
            assertThat(heap.audit().pmdSplitCount()).isEqualTo(1);
            assertThat(VmStat.read().thpSplitPmd().orElse(1)).isGreaterThan(splitsBefore);

            assertThat(kernel.madvise(region, REGION, Linux.MADV_COLLAPSE)).isZero();
            assertThat(heap.audit().isClean()).isTrue();
            split(region);
            assertThat(heap.audit().pmdSplitCount()).isEqualTo(2);
        }
    }

    @Test
    void aReleasedRegionDoesNotCountAsSplit() {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0);
                CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.THP).build()) {
            CodeBlock block = heap.allocate(3 * REGION);
            assertThat(heap.audit().regions()).hasSize(3);
            block.free();
            heap.trim();
            assertThat(heap.audit().pmdSplitCount()).isZero();
            heap.allocate(1);
            assertThat(heap.audit().isClean()).isTrue();
            assertThat(heap.audit().pmdSplitCount()).isZero();
        }
    }

    @Test
    void aPermissionThatIsChangedForAWhileIsMisplacedMeanwhile() {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0);
                CodeHeap heap = heapOfThreeRegions(MemoryDemand.THP)) {
            int vmasBefore = heap.audit().vmaCount();
            long page = heap.report().address() + 4096;
            assertThat(kernel.mprotect(page, 4096, Linux.PROT_READ)).isZero();

            assertThat(heap.audit().vmaCount()).isEqualTo(vmasBefore + 2);
            assertThat(heap.audit().misplaced()).hasSize(2).allMatch(text -> text.startsWith("code region 0: "));
            assertThat(kernel.mprotect(page, 4096, Linux.PROT_READ | Linux.PROT_EXEC)).isZero();
            assertThat(heap.audit().vmaCount()).isEqualTo(vmasBefore);
        }
    }

    @Test
    void hugetlbCannotBeSplit() {
        try (HugePages _ = HugePages.need(MemoryDemand.HUGETLB, 3);
                CodeHeap heap = heapOfThreeRegions(MemoryDemand.HUGETLB)) {
            int result = kernel.mprotect(heap.report().address() + 4096, 4096, Linux.PROT_READ);
            assertThat(result).isEqualTo(-Errno.EINVAL);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @OnEveryRung
    void withoutPagemapScanTheAuditReadsTheSameFromSmaps(MemoryDemand memory) {
        for (String refused : List.of("ioctl", "open")) {
            FaultyCalls calls = new FaultyCalls(kernel).failAll(refused, Errno.ENOTTY);
            try (HugePages _ = HugePages.need(memory, 6);
                    CodeHeap scanning = heapOfThreeRegions(memory);
                    CodeHeap heap = threeRegions(over(calls, CodeHeap.builder()).memory(memory))) {
                HeapAudit expected = scanning.audit();
                HeapAudit audit = heap.audit();
                assertThat(audit.source()).isEqualTo("smaps");
                assertThat(audit.regions()).isEqualTo(expected.regions());
                assertThat(audit.hugeByteSize()).isEqualTo(expected.hugeByteSize());
                assertThat(audit.smapsHugeByteSize()).isEqualTo(expected.smapsHugeByteSize());
                assertThat(audit.vmaCount()).isEqualTo(expected.vmaCount());
                assertThat(audit.isClean()).isTrue();
            }
        }
    }

    @Test
    void smapsShowASplitRegion() {
        FaultyCalls calls = new FaultyCalls(kernel).failAll("ioctl", Errno.ENOTTY);
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0);
                CodeHeap heap = threeRegions(over(calls, CodeHeap.builder()).memory(MemoryDemand.THP))) {
            assertThat(heap.audit().isClean()).isTrue();
            split(heap.report().address() + REGION);

            assertThat(heap.audit().isClean()).isFalse();
            assertThat(heap.audit().isHuge()).isFalse();
            assertThat(heap.audit().isSafe()).isTrue();
            assertThat(heap.audit().hugeByteSize()).isEqualTo(5 * REGION);
            assertThat(heap.audit().pmdSplitCount()).isPositive();
        }
    }

    /** The kernel may make small pages huge on its own (khugepaged). They must not compensate for a split region. */
    @Test
    void aSmallRegionThatBecameHugeDoesNotHideASplitRegion() {
        FaultyCalls calls = new FaultyCalls(kernel).failWhen(HeapAuditTest::isHugetlb, Errno.ENOSYS);
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0);
                CodeHeap heap = over(calls, CodeHeap.builder()).build()) {
            heap.allocate(REGION);
            calls.failWhen(HeapAuditTest::isCollapse, Errno.EINVAL);
            heap.allocate(REGION);
            assertThat(heap.report().backings()).containsExactly(Backing.SHMEM_THP, Backing.SMALL);
            assertThat(heap.audit().isClean()).isTrue();

            long small = heap.report().address() + REGION;
            assertThat(kernel.madvise(small, REGION, Linux.MADV_COLLAPSE)).isZero();
            split(heap.report().address());

            HeapAudit audit = heap.audit();
            assertThat(audit.hugeByteSize()).isGreaterThanOrEqualTo(audit.intendedHugeByteSize());
            assertThat(audit.isClean()).isFalse();
        }
    }

    @OnEveryRung
    void childrenInheritNoViewAndDumpsHoldOnlyTheExecutableView(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 3);
                CodeHeap heap = heapOfThreeRegions(memory)) {
            assertThat(areas(heap.report().address()))
                    .isNotEmpty()
                    .allMatch(area -> area.flags().contains("dc") && !area.flags().contains("dd"));
            assertThat(areas(heap.report().writableAddress()))
                    .isNotEmpty()
                    .allMatch(area -> area.flags().contains("dc") && area.flags().contains("dd"));
        }
    }

    private static List<Smaps.Area> areas(long address) {
        return Smaps.readWithin(List.of(AddressRange.ofSize(address, 3 * REGION))).areas();
    }

    private static boolean isHugetlb(FaultyCalls.Call call) {
        return call.method().equals("memfdCreate") && (call.argument(1) & Linux.MFD_HUGETLB) != 0;
    }

    private static boolean isCollapse(FaultyCalls.Call call) {
        return call.method().equals("madvise") && call.argument(2) == Linux.MADV_COLLAPSE;
    }

    private static Backing backing(MemoryDemand memory) {
        return memory.ladder(WritePath.ALIAS).getFirst();
    }

    /** Makes the kernel split a region in one view, without a lasting change of permissions. */
    private void split(long region) {
        int before = Linux.PROT_READ | Linux.PROT_EXEC;
        assertThat(kernel.mprotect(region + 4096, 4096, Linux.PROT_READ)).isZero();
        assertThat(kernel.mprotect(region + 4096, 4096, before)).isZero();
    }

    private static CodeHeap heapOfThreeRegions(MemoryDemand memory) {
        return threeRegions(CodeHeap.builder().memory(memory));
    }

    private static CodeHeap threeRegions(CodeHeapBuilder builder) {
        CodeHeap heap = builder.capacity(16 * REGION).build();
        heap.allocate(3 * REGION);
        return heap;
    }
}
