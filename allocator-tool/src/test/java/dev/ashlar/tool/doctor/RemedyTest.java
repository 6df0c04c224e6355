package dev.ashlar.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.HugePageSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A remedy follows from the errno and the host, and is never untrue. */
final class RemedyTest {

    private static final String COLLAPSE = "madvise(read+write view, MADV_COLLAPSE)";

    @Test
    void onlyAKernelBeforeMadvCollapseIsToBeReplaced() {
        assertThat(shmem(host("5.10.223", 4096, 0), COLLAPSE, "EINVAL (22)")).startsWith("boot Linux 6.1 or later");
        for (String kernel : List.of("6.1.176-amd64", "6.12.117", "6.18.44-x", "7.2.13")) {
            assertThat(shmem(host(kernel, 4096, 0), COLLAPSE, "EINVAL (22)")).as(kernel)
                    .doesNotContain("boot").contains("sudo sysctl vm.nr_hugepages=64");
        }
    }

    @Test
    void aLackOfWholePiecesIsMendedByCompaction() {
        assertThat(shmem(host("6.18.44", 4096, 0), COLLAPSE, "ENOMEM (12)")).contains("compact_memory");
    }

    @Test
    void aCauseThatTheHeapNamesIsKept() {
        for (Refusal refusal : List.of(
                new Refusal("shmem-thp", COLLAPSE, "EINVAL (22)", "Start it without prctl(PR_SET_THP_DISABLE)."),
                new Refusal("shmem-thp", COLLAPSE, "EBUSY (16)", "Raise memory.max."),
                new Refusal("shmem-thp", COLLAPSE, "EPERM (1)", "Allow madvise."))) {
            assertThat(Remedy.of(Backing.SHMEM_THP, host("6.12.117", 4096, 0), List.of(refusal)))
                    .isEqualTo(refusal.remedy());
        }
    }

    @Test
    void anEmptyPoolGrowsByItsFileIfTheDefaultSizeIsAnotherOne() {
        assertThat(hugetlb(host("6.12", 4096, 0))).isEqualTo("sudo sysctl vm.nr_hugepages=64");
        assertThat(hugetlb(host("6.12", 16384, 0))).startsWith("echo 64 | sudo tee ").contains("hugepages-2048kB");
    }

    @Test
    void aPoolWithPagesLeftPointsToTheLimitOfTheContainer() {
        assertThat(hugetlb(host("6.12", 4096, 5))).contains("hugetlb.2MB.max", "5 pages left");
    }

    @Test
    void otherRefusalsKeepTheirOwnRemedyAndOtherErrorsHaveNone() {
        assertThat(Remedy.of(Backing.SMALL, host("6.12", 4096, 0),
                List.of(new Refusal("small", "memfd_create", "EPERM (1)", "Allow memfd_create."))))
                .isEqualTo("Allow memfd_create.");
        assertThat(Remedy.of(Backing.SMALL, host("6.12", 4096, 0), List.of())).isEqualTo(Remedy.NONE);
    }

    private static String shmem(Host host, String call, String error) {
        return Remedy.of(Backing.SHMEM_THP, host, List.of(new Refusal("shmem-thp", call, error, "?")));
    }

    private static String hugetlb(Host host) {
        return Remedy.of(Backing.HUGETLB, host, List.of(new Refusal("hugetlb", "fallocate", "ENOSPC (28)", "?")));
    }

    private static Host host(String kernel, long pageByteSize, int free) {
        return new Host(kernel, "amd64", "25", "root (0)", "/proc", pageByteSize,
                Optional.of(new HugePageSettings.Pool(free, free, 0, 0, 0)),
                new Host.TransparentHugePages(Optional.of("madvise"), Optional.of("madvise"), Optional.of("never"),
                        Optional.empty(), Optional.empty()),
                new Host.Limits("unlimited", "8388608", "1024", Optional.empty(), Optional.empty(), Optional.empty()),
                new Host.PagemapScanState(true, Optional.empty()));
    }
}
