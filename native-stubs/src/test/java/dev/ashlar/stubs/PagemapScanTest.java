package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Anonymous huge pages need no pool: MADV_HUGEPAGE suffices unless THP is off, and then MADV_COLLAPSE still works. On a
 * host where neither gives a huge page, the tests are skipped with the kernel's error.
 */
class PagemapScanTest {

    private static final long REGION = 2L << 20;
    private static final int REGIONS = 4;

    private final SystemCalls calls = Libc.system();
    private long reserved;
    private long start;

    @BeforeEach
    void reserveAlignedRegions() {
        reserved = calls.mmap(0, (REGIONS + 1) * REGION, Linux.PROT_READ | Linux.PROT_WRITE,
                Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE, -1, 0);
        assertThat(Errno.isFailure(reserved)).isFalse();
        start = (reserved + REGION - 1) & -REGION;
        assertThat(calls.madvise(start, REGIONS * REGION, Linux.MADV_NOHUGEPAGE)).isZero();
    }

    @AfterEach
    void unmap() {
        assertThat(calls.munmap(reserved, (REGIONS + 1) * REGION)).isZero();
    }

    @Test
    void onlyTheRegionsThatAreHugeAreFound() {
        try (PagemapScan scan = open()) {
            makeHuge(1);
            makeHuge(3);
            touch(start);

            assertThat(scan.hugeBytes(start, start + REGIONS * REGION)).isEqualTo(2 * REGION);
            assertThat(scan.hugeRegions(start, start + REGIONS * REGION)).contains(bits(1, 3));
            assertThat(Smaps.readWithin(List.of(AddressRange.ofSize(start, REGIONS * REGION))).totals().anonHuge())
                    .isGreaterThanOrEqualTo(2 * REGION);
        }
    }

    @Test
    void smallPagesAreNotHuge() {
        try (PagemapScan scan = open()) {
            for (long offset = 0; offset < REGION; offset += 4096) {
                touch(start + offset);
            }

            assertThat(scan.hugeBytes(start, start + REGION)).isZero();
            assertThat(scan.hugeRegions(start, start + REGION)).contains(new BitSet());
        }
    }

    @Test
    void aRegionSplitByAPermissionChangeIsNotHuge() {
        try (PagemapScan scan = open()) {
            makeHuge(0);
            makeHuge(1);

            assertThat(calls.mprotect(start + 4096, 4096, Linux.PROT_READ)).isZero();

            assertThat(scan.hugeRegions(start, start + REGIONS * REGION)).contains(bits(1));
            assertThat(scan.hugeBytes(start, start + REGIONS * REGION)).isEqualTo(REGION);
        }
    }

    /** The kernel answers the read with its huge zero page, or with memory if it has none (Linux 6.18 without it). */
    @Test
    void theHugeZeroPageIsNotMemory() {
        assertThat(calls.madvise(start, REGION, Linux.MADV_HUGEPAGE)).isZero();
        try (PagemapScan scan = open()) {
            assertThat(segment(start).get(ValueLayout.JAVA_BYTE, 0)).isZero();

            AddressRange region = AddressRange.ofSize(start, REGION);
            long memory = Smaps.readWithin(List.of(region)).totals().huge();
            assertThat(scan.hugeBytes(start, start + REGION)).as("what smaps counts as memory").isEqualTo(memory);
        }
    }

    /** The kernel reports every entry of a hugetlb mapping as huge, even without a page. Mapping it needs no pool. */
    @Test
    void aHugetlbMappingWithoutAPageIsNotMemory() {
        long address = calls.mmap(start, REGION, Linux.PROT_READ | Linux.PROT_WRITE, Linux.MAP_PRIVATE
                | Linux.MAP_ANONYMOUS | TestLinux.MAP_HUGETLB | TestLinux.MAP_HUGE_2MB | Linux.MAP_NORESERVE
                | Linux.MAP_FIXED,
                -1, 0);
        assumeTrue(address == start, () -> "no hugetlb mapping: " + Errno.describe(address));
        try (PagemapScan scan = open()) {
            assertThat(scan.hugeBytes(start, start + REGION)).isZero();
        }
    }

    @Test
    void aRangeWithHolesIsWalkedToItsEnd() {
        try (PagemapScan scan = open()) {
            makeHuge(0);
            makeHuge(2);
            assertThat(calls.munmap(start + REGION, REGION)).isZero();

            assertThat(scan.hugeRegions(start, start + REGIONS * REGION)).contains(bits(0, 2));
        }
    }

    /** Goal: the walk continues after a full vector stopped it. Method: the vector has room for one range. */
    @Test
    void aWalkThatStopsEarlyIsContinued() {
        assumeTrue(PagemapScan.refusal(calls).isEmpty(), () -> PagemapScan.refusal(calls).orElse(""));
        try (PagemapScan scan = PagemapScan.open(withRoomForOneRun(calls)).orElseThrow()) {
            makeHuge(0);
            makeHuge(2);

            assertThat(scan.hugeRegions(start, start + REGIONS * REGION)).contains(bits(0, 2));
            assertThat(scan.hugeBytes(start, start + REGIONS * REGION)).isEqualTo(2 * REGION);
        }
    }

    @Test
    void anInterruptedWalkIsRepeatedAndAnyOtherFailureIsReported() {
        assumeTrue(PagemapScan.refusal(calls).isEmpty(), () -> PagemapScan.refusal(calls).orElse(""));
        FaultyCalls faulty = new FaultyCalls(calls);
        try (PagemapScan scan = PagemapScan.open(faulty).orElseThrow()) {
            makeHuge(0);
            faulty.failNth("ioctl", 1, Errno.EINTR);
            assertThat(scan.hugeBytes(start, start + REGION)).isEqualTo(REGION);

            faulty.failAll("ioctl", Errno.ENOMEM);
            assertThat(scan.hugeBytes(start, start + REGION)).isEqualTo(-Errno.ENOMEM);
            assertThat(scan.hugeRegions(start, start + REGION)).isEmpty();
        }
    }

    @Test
    void anOlderKernelIsNotSupportedAndLeavesNoDescriptorOpen() {
        FaultyCalls old = new FaultyCalls(calls).failAll("ioctl", Errno.ENOTTY);

        assertThat(PagemapScan.refusal(old)).isPresent();
        assertThat(PagemapScan.refusal(old))
                .contains("ioctl(PAGEMAP_SCAN), Linux 6.7 or later: ENOTTY (25)");
        assertThat(PagemapScan.open(old)).isEmpty();
        assertThat(old.calls("close")).extracting(call -> call.argument(0)).containsExactlyElementsOf(
                old.calls("open").stream().map(FaultyCalls.Call::result).toList());
    }

    @Test
    void aRefusalToReadThePagemapIsExplained() {
        FaultyCalls refused = new FaultyCalls(calls).failAll("open", Errno.EACCES);

        assertThat(PagemapScan.open(refused)).isEmpty();
        assertThat(PagemapScan.refusal(refused)).contains("open(/proc/self/pagemap): EACCES (13)");
    }

    @Test
    void partOfARegionIsRefusedAndAClosedScannerSaysSo() {
        PagemapScan scan = open();
        assertThatThrownBy(() -> scan.hugeRegions(start + 4096, start + REGION))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("not whole regions: start=0x");

        scan.close();
        scan.close();

        assertThatThrownBy(() -> scan.hugeBytes(start, start + REGION)).isInstanceOf(IllegalStateException.class)
                .hasMessage("Already closed");
    }

    private PagemapScan open() {
        assumeTrue(PagemapScan.refusal(calls).isEmpty(), () -> PagemapScan.refusal(calls).orElse(""));
        return PagemapScan.open(calls).orElseThrow();
    }

    private void makeHuge(int region) {
        long address = start + region * REGION;
        assertThat(calls.madvise(address, REGION, Linux.MADV_HUGEPAGE)).isZero();
        touch(address);
        int collapsed = calls.madvise(address, REGION, Linux.MADV_COLLAPSE);
        assumeTrue(collapsed == 0, () -> "no huge page is available: " + Errno.describe(collapsed));
    }

    /** The length of the vector is the field at byte 48 of struct pm_scan_arg. */
    @SuppressWarnings("restricted")
    private static SystemCalls withRoomForOneRun(SystemCalls calls) {
        return (SystemCalls) Proxy.newProxyInstance(SystemCalls.class.getClassLoader(),
                new Class<?>[] {SystemCalls.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("ioctl")) {
                        MemorySegment.ofAddress((long) arguments[2]).reinterpret(96).set(ValueLayout.JAVA_LONG, 48, 1L);
                    }
                    return method.invoke(calls, arguments);
                });
    }

    private static void touch(long address) {
        segment(address).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    }

    @SuppressWarnings("restricted")
    private static MemorySegment segment(long address) {
        return MemorySegment.ofAddress(address).reinterpret(4096);
    }

    private static BitSet bits(int... set) {
        BitSet bits = new BitSet();
        for (int bit : set) {
            bits.set(bit);
        }
        return bits;
    }
}
