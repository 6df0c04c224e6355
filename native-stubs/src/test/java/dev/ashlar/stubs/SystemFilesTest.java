package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files about the whole system: vmstat, meminfo and the settings of huge pages. */
class SystemFilesTest {

    @Test
    void aCounterOfVmstatIsFoundByNameAndAnUnknownOneIsEmpty() {
        VmStat sample = VmStat.parse("""
                nr_free_pages 123456
                thp_split_pmd 17
                direct_map_level2_splits 35
                """);

        assertThat(sample.thpSplitPmd()).hasValue(17);
        assertThat(sample.counter("direct_map_level2_splits")).hasValue(35);
        assertThat(sample.counter("thp_split_pud")).isEmpty();
        assertThat(sample.counters()).hasSize(3);
    }

    @Test
    void theRealVmstatCountsPageFaultsUpwards() {
        long before = VmStat.read().counter("pgfault").orElseThrow();
        byte[][] touched = new byte[64][];
        for (int index = 0; index < touched.length; index++) {
            touched[index] = new byte[1 << 16];
        }

        assertThat(VmStat.read().counter("pgfault").orElseThrow()).isGreaterThanOrEqualTo(before);
        assertThat(touched).hasNumberOfRows(64);
    }

    @Test
    void sizesOfMeminfoAreBytesAndCountsAreCounts() {
        MemInfo sample = MemInfo.parse("""
                MemTotal:        8141028 kB
                MemAvailable:    7000000 kB
                HugePages_Total:      64
                HugePages_Free:       60
                HugePages_Rsvd:        3
                HugePages_Surp:        0
                Hugepagesize:       2048 kB
                DirectMap4k:       91904 kB
                DirectMap2M:     8296448 kB
                """);

        assertThat(sample.available()).hasValue(7000000L << 10);
        assertThat(sample.value("HugePages_Total")).hasValue(64);
        assertThat(sample.value("HugePages_Free")).hasValue(60);
        assertThat(sample.value("HugePages_Rsvd")).hasValue(3);
        assertThat(sample.value("Hugepagesize")).hasValue(2L << 20);
        assertThat(sample.directMap())
                .isEqualTo(Map.of("DirectMap4k", 91904L << 10, "DirectMap2M", 8296448L << 10));
        assertThat(sample.value("NoSuchLine")).isEmpty();
    }

    @Test
    void linesWithoutANumberAreSkipped() {
        assertThat(VmStat.parse("pgfault 1\nname\nother text\nempty \nhuge 9223372036854775808\n").counters())
                .isEqualTo(Map.of("pgfault", 1L));
        MemInfo memInfo = MemInfo.parse("Uid:\nA: text\nB: kB\nC: 9223372036854775807 kB\nD: -1\nDirectMap4k: 4 kB\n");
        assertThat(memInfo.directMap()).isEqualTo(Map.of("DirectMap4k", 4096L));
        for (String name : new String[] {"Uid", "A", "B", "C", "D"}) {
            assertThat(memInfo.value(name)).isEmpty();
        }
        assertThat(KernelFile.number("-1")).isEmpty();
        assertThat(KernelFile.number(" 12\n")).hasValue(12);
        assertThat(KernelFile.number("00c00000", 16)).hasValue(0xc00000);
    }

    @Test
    void theRealMeminfoHasLessAvailableThanInTotal() {
        MemInfo real = MemInfo.read();

        assertThat(real.available().orElseThrow()).isPositive().isLessThan(real.value("MemTotal").orElseThrow());
    }

    @Test
    void theChosenWordIsTheOneInBrackets() {
        assertThat(HugePageSettings.chosen("always [madvise] never")).contains("madvise");
        assertThat(HugePageSettings.chosen("always within_size advise [never] deny force")).contains("never");
        assertThat(HugePageSettings.chosen("madvise")).contains("madvise");
        assertThat(HugePageSettings.chosen("")).isEmpty();
        assertThat(HugePageSettings.chosen("always madvise never")).isEmpty();
    }

    @Test
    void settingsAndPoolAreReadFromTheirFolders(@TempDir Path root) throws IOException {
        write(root.resolve("transparent_hugepage/enabled"), "always [madvise] never\n");
        write(root.resolve("transparent_hugepage/defrag"), "always defer defer+madvise [madvise] never\n");
        write(root.resolve("transparent_hugepage/shmem_enabled"), "always within_size advise [never] deny force\n");
        write(root.resolve("transparent_hugepage/hugepages-2048kB/enabled"), "always [inherit] madvise never\n");
        write(root.resolve("hugepages/hugepages-2048kB/nr_hugepages"), "10\n");
        write(root.resolve("hugepages/hugepages-2048kB/free_hugepages"), "8\n");
        write(root.resolve("hugepages/hugepages-2048kB/resv_hugepages"), "3\n");
        write(root.resolve("hugepages/hugepages-2048kB/nr_overcommit_hugepages"), "5\n");

        HugePageSettings settings = HugePageSettings.read(root);

        assertThat(settings.thpEnabled()).contains("madvise");
        assertThat(settings.thpDefrag()).contains("madvise");
        assertThat(settings.shmemEnabled()).contains("never");
        assertThat(settings.thpEnabled2M()).contains("inherit");
        assertThat(settings.shmemEnabled2M()).isEmpty();
        assertThat(settings.pool()).contains(new HugePageSettings.Pool(10, 8, 3, 0, 5));
        assertThat(settings.pool().orElseThrow().available()).isEqualTo(5);
    }

    @Test
    void aPoolWithoutANumberIsNone(@TempDir Path root) throws IOException {
        write(root.resolve("hugepages/hugepages-2048kB/nr_hugepages"), "many\n");

        assertThat(HugePageSettings.read(root).pool()).isEmpty();
    }

    @Test
    void aKernelWithoutHugePagesReadsAsEmptyAndDoesNotThrow(@TempDir Path root) {
        HugePageSettings settings = HugePageSettings.read(root);

        assertThat(settings.thpEnabled()).isEmpty();
        assertThat(settings.pool()).isEmpty();
    }

    @Test
    void theRealPoolAgreesWithMeminfo() {
        HugePageSettings settings = HugePageSettings.read();
        MemInfo memInfo = MemInfo.read();

        if (memInfo.value("Hugepagesize").orElse(0) == 2L << 20) {
            assertThat(settings.pool().orElseThrow().total()).isEqualTo(memInfo.value("HugePages_Total").orElseThrow());
        }
        settings.thpEnabled().ifPresent(word -> assertThat(word).isIn("always", "madvise", "never"));
    }

    @Test
    void aFileThatIsNotThereIsEmpty() {
        assertThat(KernelFile.text(Path.of("/proc/no-such-file"))).isEmpty();
        assertThat(KernelFile.bytes(Path.of("/proc/self"))).isEmpty();
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
