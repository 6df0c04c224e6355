package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmapsTest {

    /** Captured on Linux 6.18 and shortened: an anonymous huge page, a hugetlb view, and an ordinary mapping. */
    private static final String SAMPLE = """
            7f5b40000000-7f5b40400000 rw-p 00000000 00:00 0\s
            Size:               4096 kB
            KernelPageSize:        4 kB
            Rss:                2052 kB
            AnonHugePages:      2048 kB
            ShmemPmdMapped:        0 kB
            FilePmdMapped:         0 kB
            Shared_Hugetlb:        0 kB
            Private_Hugetlb:       0 kB
            THPeligible:           1
            ProtectionKey:         0
            VmFlags: rd wr mr mw me ac sd hg\s
            7f5b41000000-7f5b41200000 r-xs 00000000 00:10 7                          /memfd:ashlar (deleted)
            Size:               2048 kB
            Rss:                   0 kB
            AnonHugePages:         0 kB
            ShmemPmdMapped:        0 kB
            Shared_Hugetlb:     2048 kB
            Private_Hugetlb:       0 kB
            VmFlags: rd ex sh mr mw me ms dc de ht sl
            7f5b42000000-7f5b42200000 r-xs 00000000 00:01 9                          /memfd:ashlar (deleted)
            Size:               2048 kB
            Rss:                2048 kB
            ShmemPmdMapped:     2048 kB
            """;

    @Test
    void totalsAreInBytesAndAddUpOverAreas() {
        assertThat(Smaps.parse(SAMPLE).totals())
                .isEqualTo(new Smaps.Totals(3, 8L << 20, 4100L << 10, 2L << 20, 2L << 20, 0, 2L << 20, 0));
        assertThat(Smaps.parse(SAMPLE).totals().huge()).isEqualTo(6L << 20);
    }

    @Test
    void anAreaKnowsItsFlagsAndALineThatTheKernelLacksIsZero() {
        List<Smaps.Area> areas = Smaps.parse(SAMPLE).areas();

        assertThat(areas.get(0).flags()).contains("hg").doesNotContain("", "ht");
        assertThat(areas.get(1).flags()).contains("ht", "dc", "sl");
        assertThat(areas.get(2).flags()).isEmpty();
        assertThat(areas.get(2).bytes("Private_Hugetlb")).isZero();
        assertThat(areas.get(0).accounts()).doesNotContainKey("THPeligible");
    }

    @Test
    void linesWithoutASizeAreSkipped() {
        Smaps smaps =
                Smaps.parse("1000-2000 r-xs 0 00:01 9\nRss: kB\nPss: x kB\nSize: 4 kB\nSwap: 9223372036854775807 kB");

        assertThat(smaps.areas().getFirst().accounts()).isEqualTo(Map.of("Size", 4096L));
    }

    @Test
    void anEmptyFileHasNoAreas() {
        assertThat(Smaps.parse("").totals()).isEqualTo(new Smaps.Totals(0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    @SuppressWarnings("restricted")
    void theKernelAccountsThePagesThatWereTouchedAndTheAdviceThatWasGiven() {
        SystemCalls calls = Libc.system();
        long byteSize = 16 * 4096;
        // Between two reservations of the test, so that the kernel cannot merge it with a neighbour.
        long outer = calls.mmap(0, byteSize + 8192, Linux.PROT_NONE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        long address = outer + 4096;
        assertThat(calls.mprotect(address, byteSize, Linux.PROT_READ | Linux.PROT_WRITE)).isZero();
        assertThat(calls.madvise(address, byteSize, Linux.MADV_DONTFORK)).isZero();
        MemorySegment.ofAddress(address).reinterpret(byteSize).asSlice(0, 3 * 4096).fill((byte) 1);

        Smaps smaps = Smaps.readWithin(List.of(AddressRange.ofSize(address, byteSize)));

        assertThat(smaps.areas()).singleElement().satisfies(area -> {
            assertThat(area.mapping().range()).isEqualTo(AddressRange.ofSize(address, byteSize));
            assertThat(area.flags()).contains("rd", "wr", "dc");
        });
        assertThat(smaps.totals()).isEqualTo(new Smaps.Totals(1, byteSize, 3 * 4096, 0, 0, 0, 0, 0));
        assertThat(calls.munmap(outer, byteSize + 8192)).isZero();
    }

    @Test
    void aRangeThatIsNotMappedHasNoAreas() {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Smaps.readWithin(List.of(AddressRange.ofSize(arena.allocate(8).address(), 8))).areas())
                    .hasSize(1);
        }
        assertThat(Smaps.readWithin(List.of(new AddressRange(0, 4096))).areas()).isEmpty();
    }
}
