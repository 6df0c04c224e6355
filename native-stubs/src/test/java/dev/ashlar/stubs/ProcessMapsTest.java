package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessMapsTest {

    private static final long PAGE = 4096;

    private static final String SAMPLE = """
            555555554000-555555556000 r--p 00000000 fe:00 1835025                    /usr/bin/some program
            7f1c00000000-7f1c00200000 rw-s 00200000 00:0f 19     /memfd:ashlar code (deleted)
            7f1c00400000-7f1c00600000 r-xs 00200000 00:0f 19     /memfd:ashlar code (deleted)
            7f1c00600000-7f1c10000000 ---p 00000000 00:00 0\s
            7f1c20000000-7f1c20001000 rw-p 00000000 00:00 0                          [anon:Metaspace]
            7ffd1c5f6000-7ffd1c617000 rw-p 00000000 00:00 0                          [stack]
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            """;

    private final ProcessMaps sample = ProcessMaps.parse(SAMPLE);

    @Test
    void everyColumnOfALineIsRead() {
        assertThat(sample.count()).isEqualTo(7);
        assertThat(sample.mappings().get(2)).isEqualTo(new Mapping(0x7f1c00400000L, 0x7f1c00600000L, true, false, true,
                true, 0x200000, 19, "/memfd:ashlar code (deleted)"));
        assertThat(sample.mappings().get(0).inode()).isEqualTo(1835025);
        assertThat(sample.mappings().get(0).path()).isEqualTo("/usr/bin/some program");
        assertThat(sample.mappings()).extracting(Mapping::permissions)
                .containsExactly("r--p", "rw-s", "r-xs", "---p", "rw-p", "rw-p", "--xp");
    }

    @Test
    void aMappingWithoutANameHasAnEmptyPath() {
        assertThat(sample.mappings().get(3).path()).isEmpty();
    }

    @Test
    void addressesAboveTheMiddleAreUnsigned() {
        Mapping vsyscall = sample.mappings().get(6);

        assertThat(vsyscall.start()).isEqualTo(0xffffffffff600000L);
        assertThat(vsyscall.byteSize()).isEqualTo(PAGE);
        assertThat(sample.within(List.of(AddressRange.ofSize(0x7f1c00000000L, 1L << 40)))).doesNotContain(vsyscall);
    }

    @Test
    void onlyMappingsThatOverlapARangeAreWithinIt() {
        List<AddressRange> ranges = List.of(new AddressRange(0x7f1c00100000L, 0x7f1c00400000L),
                new AddressRange(0x7f1c20000fffL, 0x7f1c20001000L));

        assertThat(sample.within(ranges)).extracting(Mapping::start).containsExactly(0x7f1c00000000L, 0x7f1c20000000L);
        assertThat(sample.within(List.of())).isEmpty();
    }

    @Test
    void gapsLieBetweenMappingsInsideTheWindow() {
        assertThat(sample.gaps(new AddressRange(0x7f1c00100000L, 0x7f1c20000800L))).containsExactly(
                new AddressRange(0x7f1c00200000L, 0x7f1c00400000L), new AddressRange(0x7f1c10000000L, 0x7f1c20000000L));
        assertThat(sample.gaps(new AddressRange(0x1000, 0x3000))).containsExactly(new AddressRange(0x1000, 0x3000));
        assertThat(sample.gaps(new AddressRange(0x7f1c00600000L, 0x7f1c00800000L))).isEmpty();
    }

    @Test
    void aMalformedLineIsNamed() {
        assertThatThrownBy(() -> ProcessMaps.parse("Rss: 12 kB\n")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a line of a maps file: line=Rss: 12 kB");
        assertThatThrownBy(() -> ProcessMaps.parse("7f1c")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a line of a maps file: line=7f1c");
        assertThatThrownBy(() -> ProcessMaps.parse("2000-1000 r-xs 0 00:01 9\n"))
                .hasMessage("not a line of a maps file: line=2000-1000 r-xs 0 00:01 9");
        assertThatThrownBy(() -> ProcessMaps.parse("1000-2000 r\n2000-3000 r-xs 0 00:01 9\n"))
                .hasMessage("not a line of a maps file: line=1000-2000 r");
        assertThatThrownBy(() -> ProcessMaps.parse("- r-xs 0 00:01 9\n"))
                .hasMessage("not a line of a maps file: line=- r-xs 0 00:01 9");
    }

    @Test
    void anEmptyFileHasNoMappings() {
        assertThat(ProcessMaps.parse("").mappings()).isEmpty();
    }

    @Test
    void theRealFileIsSortedAndHasTheStack() {
        ProcessMaps maps = ProcessMaps.read();

        assertThat(maps.count()).isGreaterThan(20);
        assertThat(maps.mappings()).extracting(Mapping::range).isSorted();
        assertThat(maps.mappings()).extracting(Mapping::path).contains("[stack]");
        assertThat(maps.mappings()).anyMatch(mapping -> mapping.path().endsWith("/libjvm.so") && mapping.executable());
    }

    @Test
    void countingFollowsTheKernelWhenAMappingIsSplitAndMergedAgain() {
        SystemCalls calls = Libc.system();
        long address = calls.mmap(0, 5 * PAGE, Linux.PROT_NONE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        List<AddressRange> range = List.of(new AddressRange(address + PAGE, address + 4 * PAGE));

        // The outer pages never merge with their neighbours, so only the test changes the count inside them.
        assertThat(ProcessMaps.readWithin(range).count()).isEqualTo(1);
        assertThat(calls.mprotect(address + 2 * PAGE, PAGE, Linux.PROT_READ)).isZero();
        assertThat(ProcessMaps.readWithin(range).count()).isEqualTo(3);
        assertThat(calls.mprotect(address + 2 * PAGE, PAGE, Linux.PROT_NONE)).isZero();
        assertThat(ProcessMaps.readWithin(range).count()).isEqualTo(1);
        assertThat(ProcessMaps.read().gaps(range.getFirst())).isEmpty();
        assertThat(calls.munmap(address + 2 * PAGE, PAGE)).isZero();
        assertThat(ProcessMaps.read().gaps(range.getFirst()))
                .containsExactly(AddressRange.ofSize(address + 2 * PAGE, PAGE));
        assertThat(calls.munmap(address, 5 * PAGE)).isZero();
    }

    @Test
    void aSegmentOfTheJvmIsInsideAWritableMapping() {
        MemorySegment segment = Arena.global().allocate(8);

        assertThat(ProcessMaps.readWithin(List.of(AddressRange.ofSize(segment.address(), 8))).mappings())
                .singleElement().matches(Mapping::writable);
    }
}
