package dev.ashlar.region;

import static dev.ashlar.TestHeaps.over;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ashlar.DataHeap;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.Residue;
import dev.ashlar.host.Touch;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.PagemapScan;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** After a refusal a data heap uses the next rung and keeps the reason, or throws an exception with the reason. */
class DataLadderTest {
    private static final long REGION = 2 << 20;

    private static boolean isHugetlbFile(FaultyCalls.Call call) {
        return call.method().equals("memfdCreate") && (call.argument(1) & Linux.MFD_HUGETLB) != 0;
    }

    private static boolean isAnonymousMap(FaultyCalls.Call call) {
        return call.method().equals("mmap")
                && call.argument(2) == (Linux.PROT_READ | Linux.PROT_WRITE)
                && (call.argument(3) & Linux.MAP_ANONYMOUS) != 0;
    }

    private static Predicate<FaultyCalls.Call> advise(int advice) {
        return call -> call.method().equals("madvise") && call.argument(2) == advice;
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal("mmap(read+write, MAP_PRIVATE)", DataLadderTest::isAnonymousMap, Errno.ENOMEM, "ENOMEM (12)",
                        "overcommit"),
                refusal("madvise(read+write view, MADV_DONTFORK)",
                        advise(Linux.MADV_DONTFORK), Errno.ENOMEM, "ENOMEM (12)", "vm.max_map_count"),
                refusal("madvise(read+write view, MADV_HUGEPAGE)",
                        advise(Linux.MADV_HUGEPAGE), Errno.EINVAL, "EINVAL (22)", "vm.nr_hugepages"),
                refusal("madvise(read+write view, MADV_COLLAPSE)",
                        advise(Linux.MADV_COLLAPSE), Errno.ENOMEM, "ENOMEM (12)", "contiguous"),
                refusal("madvise(read+write view, MADV_COLLAPSE)",
                        advise(Linux.MADV_COLLAPSE), Errno.EAGAIN, "EAGAIN (11)", "contiguous"));
    }

    private static Arguments refusal(
            String call, Predicate<FaultyCalls.Call> fails, int errno, String error, String remedy) {
        return Arguments.of(call, fails, errno, error, remedy);
    }

    @ParameterizedTest(name = "{0} {3}")
    @MethodSource("refusals")
    void aRefusalOfADemandNamesCallErrorAndRemedyAndLeavesNothing(
            String call, Predicate<FaultyCalls.Call> fails, int errno, String error, String remedy) {
        try (HugePages _ = HugePages.needForData(MemoryDemand.THP, 0)) {
            Residue before = Residue.now();
            FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(fails, errno);
            BackingUnavailableException refused = catchThrowableOfType(
                    BackingUnavailableException.class,
                    () -> over(calls, DataHeap.builder()).memory(MemoryDemand.THP).build());
            assertThat(refused.refusals()).singleElement().satisfies(refusal -> {
                assertThat(refusal.subject()).isEqualTo("anon-thp");
                assertThat(refusal.call()).isEqualTo(call);
                assertThat(refusal.error()).isEqualTo(error);
                assertThat(refusal.remedy()).contains(remedy).endsWith(".");
            });
            before.assertNothingLeft(calls);
        }
    }

    @ParameterizedTest(name = "{0} {3}")
    @MethodSource("refusals")
    void aRefusalOfTransparentPagesEndsOnSmallPagesUntilTheKernelGivesThemAgain(
            String call, Predicate<FaultyCalls.Call> fails, int errno, String error, String remedy) {
        try (HugePages _ = HugePages.needForData(MemoryDemand.THP, 0)) {
            Residue before = Residue.now();
            // The first region is tried on both rungs. The small one gets all that it needs.
            int[] count = {0};
            FaultyCalls calls = new FaultyCalls(Libc.system())
                    .failWhen(DataLadderTest::isHugetlbFile, Errno.ENOSYS)
                    .failWhen(found -> fails.test(found) && (errno == Errno.EAGAIN || ++count[0] == 1), errno);
            try (DataHeap heap = over(calls, DataHeap.builder()).build()) {
                assertThat(heap.report().backings()).containsExactly(Backing.SMALL);
                assertThat(heap.report().refusals()).extracting(Refusal::subject)
                        .containsExactly("hugetlb", "anon-thp");
                assertThat(heap.report().describe()).contains("refused: anon-thp: " + call, error, remedy);
                assertThat(heap.audit().isClean()).isTrue();

                calls.heal();
                calls.failWhen(DataLadderTest::isHugetlbFile, Errno.ENOSYS);
                heap.allocate(2 * REGION).fill((byte) 1);
                assertThat(heap.report().backings()).containsExactly(Backing.SMALL, Backing.ANON_THP);
                assertThat(heap.audit().isClean()).isTrue();
            }
            before.assertNothingLeft(calls);
        }
    }

    @Test
    void thePoolComesFirstThenTransparentThenSmallPages() {
        HugePages.needForData(MemoryDemand.THP, 0).close();
        try (HugePages _ = HugePages.need(MemoryDemand.HUGETLB, 1)) {
            FaultyCalls calls = new FaultyCalls(Libc.system());
            try (DataHeap heap = over(calls, DataHeap.builder()).build()) {
                assertThat(heap.report().backings()).containsExactly(Backing.HUGETLB);
                assertThat(heap.report().refusals()).isEmpty();
                heap.allocate(REGION);

                calls.failAll("fallocate", Errno.ENOSPC);
                heap.allocate(REGION).fill((byte) 1);
                assertThat(heap.report().backings()).containsExactly(Backing.HUGETLB, Backing.ANON_THP);
                assertThat(heap.report().refusals()).extracting(Refusal::error).containsExactly("ENOSPC (28)");

                calls.failWhen(advise(Linux.MADV_COLLAPSE), Errno.ENOMEM);
                heap.allocate(REGION).fill((byte) 1);
                assertThat(heap.report().backings())
                        .containsExactly(Backing.HUGETLB, Backing.ANON_THP, Backing.SMALL);
                assertThat(heap.audit().isClean()).isTrue();
            }
        }
    }

    /** As on a host whose setting is "never": a small page is present before the collapse. */
    @Test
    void aTouchThatBringsNoHugePageIsFollowedByACollapse() {
        boolean always = HugePageSettings.read().thpEnabled().orElse("").equals("always");
        assumeFalse(always, "needs transparent_hugepage/enabled other than always");
        List<Long> hugeBefore = new ArrayList<>();
        try (HugePages _ = HugePages.needForData(MemoryDemand.THP, 0);
                Touch touch = new Touch();
                PagemapScan scan = PagemapScan.open(Libc.system()).orElseThrow()) {
            FaultyCalls calls = new FaultyCalls(Libc.system());
            calls.failWhen(advise(Linux.MADV_HUGEPAGE).and(call -> !touch.canWrite(startOf(call))), Errno.EFAULT);
            calls.failWhen(advise(Linux.MADV_COLLAPSE).and(call -> {
                hugeBefore.add(scan.hugeBytes(startOf(call), startOf(call) + REGION));
                return false;
            }), Errno.EINVAL);
            try (DataHeap heap = over(calls, DataHeap.builder()).memory(MemoryDemand.THP).build()) {
                heap.allocate(3 * REGION);
                assertThat(hugeBefore).containsExactly(0L, 0L, 0L);
                assertThat(heap.audit().regions()).hasSize(3).allMatch(HeapAudit.Region::isHuge);
            }
        }
    }

    /** Linux 5.10 to 6.0: the touch alone decides, and the heap checks which page it brought. */
    @Test
    void withoutMadvCollapseATouchThatBringsAHugePageSuffices() {
        boolean never = HugePageSettings.read().thpEnabled().orElse("never").equals("never");
        assumeFalse(never, "needs transparent_hugepage/enabled other than never");
        FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(advise(Linux.MADV_COLLAPSE), Errno.EINVAL);
        try (HugePages _ = HugePages.needForData(MemoryDemand.THP, 0)) {
            Residue before = Residue.now();
            try (DataHeap heap = over(calls, DataHeap.builder()).memory(MemoryDemand.THP).build()) {
                heap.allocate(3 * REGION);
                assertThat(heap.report().refusals()).isEmpty();
                assertThat(heap.audit().regions()).hasSize(3).allMatch(HeapAudit.Region::isHuge);
            }
            before.assertNothingLeft(calls);
        }
    }

    @Test
    void withoutMadvCollapseATouchThatBringsASmallPageIsARefusal() {
        boolean always = HugePageSettings.read().thpEnabled().orElse("").equals("always");
        assumeFalse(always, "needs transparent_hugepage/enabled other than always");
        try (Touch touch = new Touch()) {
            FaultyCalls calls = new FaultyCalls(Libc.system())
                    .failWhen(advise(Linux.MADV_HUGEPAGE).and(call -> !touch.canWrite(startOf(call))), Errno.EFAULT)
                    .failWhen(advise(Linux.MADV_COLLAPSE), Errno.EINVAL);
            assertThat(catchThrowableOfType(
                    BackingUnavailableException.class,
                    () -> over(calls, DataHeap.builder()).memory(MemoryDemand.THP).build()))
                    .hasMessageContaining("MADV_COLLAPSE) failed: EINVAL (22)");
        }
    }

    private static long startOf(FaultyCalls.Call madvise) {
        return madvise.argument(0);
    }

    @Test
    void smallPagesStaySmallUnderEverySettingOfTheHost() {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).build()) {
            MemorySegment segment = heap.allocate(2 * REGION).fill((byte) 1);
            assertThat(segment.byteSize()).isEqualTo(2 * REGION);
            assertThat(heap.audit().hugeByteSize()).isZero();
            assertThat(heap.audit().regions()).hasSize(2).noneMatch(HeapAudit.Region::isHuge);
        }
    }

    @Test
    void theHeapWorksWithoutAdviceThatKernelsMayRefuse() {
        FaultyCalls calls = new FaultyCalls(Libc.system())
                .failAll("prctl", Errno.EINVAL)
                .failWhen(advise(Linux.MADV_NOHUGEPAGE), Errno.EINVAL)
                .failWhen(advise(Linux.MADV_POPULATE_WRITE), Errno.EINVAL);
        try (DataHeap heap = over(calls, DataHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            heap.allocate(REGION).fill((byte) 1);
            assertThat(heap.report().refusals()).isEmpty();
            assertThat(calls.calls()).filteredOn(FaultyCalls.Call::injected).hasSize(3);
        }
    }

    @Test
    void aRefusalOfAddressSpaceIsNamedAndLeavesNothing() {
        Residue before = Residue.now();
        FaultyCalls calls = new FaultyCalls(Libc.system()).failAll("mmap", Errno.ENOMEM);
        assertThat(catchThrowableOfType(
                BackingUnavailableException.class,
                () -> over(calls, DataHeap.builder()).build()))
                .hasMessage("no memory for a heap: asked=AUTO. reserve: mmap(PROT_NONE, 17184063488) failed: ENOMEM"
                        + " (12). Ask for a smaller capacity, or raise the limit of address space (ulimit -v) of"
                        + " this process.");
        before.assertNothingLeft(calls);
    }
}
