package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Backing;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.HostFacts.Limit;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.HugetlbGroup;
import dev.ashlar.stubs.KernelRelease;
import dev.ashlar.stubs.LockedMemory;
import dev.ashlar.stubs.MappingLimit;
import dev.ashlar.stubs.ProcessLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A remedy names the cause that errno and host point to, and no other. */
class RemedyTest {
    private final Host host = new Host();
    private final Remedy remedy = new Remedy(host);

    /** A host without limits, whose facts a test changes. */
    private static final class Host implements HostState {
        KernelRelease release = KernelRelease.parse("6.18.1");
        Optional<String> thpEnabled = Optional.of("madvise");
        String shmemEnabled = "never";
        HugePageSettings.Pool pool = new HugePageSettings.Pool(0, 0, 0, 0, 0);
        boolean disablesHugePages;
        Optional<HugetlbGroup> exhausted = Optional.empty();
        ProcessLimits limits = ProcessLimits.parse("");
        MappingLimit mappings = new MappingLimit(200, 65530);

        @Override
        public KernelRelease release() {
            return release;
        }

        @Override
        public HugePageSettings hugePages() {
            return new HugePageSettings(thpEnabled, Optional.empty(), Optional.of(shmemEnabled), Optional.empty(),
                    Optional.empty(), Optional.of(pool));
        }

        @Override
        public boolean disablesHugePages() {
            return disablesHugePages;
        }

        @Override
        public Optional<HugetlbGroup> exhaustedHugetlbGroup() {
            return exhausted;
        }

        @Override
        public ProcessLimits limits() {
            return limits;
        }

        @Override
        public MappingLimit mappings() {
            return mappings;
        }

        @Override
        public LockedMemory lockedMemory() {
            return new LockedMemory(new Limit(8 << 20, 8 << 20), 7 << 20);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.EACCES, Errno.ENOSYS})
    void aProhibitionIsAllowedAndNothingIsEnlarged(int errno) {
        for (Backing backing : List.of(Backing.HUGETLB, Backing.SHMEM_THP, Backing.SMALL)) {
            for (String text : List.of(
                    remedy.ofMemory(backing, -errno),
                    remedy.ofFile(backing, "memfd_create(2)", -errno),
                    remedy.ofHugePage(backing, -errno),
                    remedy.ofMapping("madvise(2)", -errno))) {
                assertThat(text).contains("seccomp", "allow it")
                        .doesNotContain("pool", "vm.max_map_count", "ulimit", "boot");
            }
        }
    }

    @Test
    void descriptorsAndFileSizesAreNamedAloneWithTheirLimits() {
        host.limits = ProcessLimits.parse("""
                Limit                     Soft Limit           Hard Limit           Units
                Max file size             4194304              unlimited            bytes
                Max open files            64                   4096                 files
                """);
        assertThat(remedy.ofFile(Backing.SHMEM_THP, "memfd_create(2)", -Errno.EMFILE)).isEqualTo("The process has no"
                + " descriptor left: raise the limit of open files (ulimit -n, now 64).");
        assertThat(remedy.ofPoke(-Errno.EMFILE)).contains("ulimit -n, now 64");
        assertThat(remedy.ofSecretFile(-Errno.EMFILE)).contains("ulimit -n, now 64");
        assertThat(remedy.ofDevice("/dev/zero", -Errno.EMFILE)).contains("ulimit -n, now 64");
        assertThat(remedy.ofFile(Backing.SMALL, "memfd_create(2)", -Errno.ENFILE)).isEqualTo("The system has no open"
                + " file left: raise fs.file-max.");
        assertThat(remedy.ofFile(Backing.SMALL, "ftruncate(2)", -Errno.EFBIG)).isEqualTo("The process may not make a"
                + " file that long: raise the limit of file size (ulimit -f, now 4194304 bytes).");
    }

    @Test
    void anEmptyPoolIsToBeEnlarged() {
        host.pool = new HugePageSettings.Pool(12, 0, 0, 0, 0);
        assertThat(remedy.ofMemory(Backing.HUGETLB, -Errno.ENOSPC))
                .contains("Enlarge the pool", "now 12").doesNotContain("AUTO", "group");
    }

    @Test
    void aLimitOfAGroupIsToBeRaisedAndNotThePool() {
        host.pool = new HugePageSettings.Pool(12, 8, 0, 0, 0);
        host.exhausted =
                Optional.of(new HugetlbGroup(Path.of("/sys/fs/cgroup/g"), "hugetlb.2MB.max", 4 << 20, 4 << 20));
        assertThat(remedy.ofMemory(Backing.HUGETLB, -Errno.ENOSPC)).isEqualTo("The control group /sys/fs/cgroup/g may"
                + " use 4194304 bytes of huge pages and uses 4194304: raise its limit (hugetlb.2MB.max).");
        host.exhausted = Optional.empty();
        assertThat(remedy.ofMemory(Backing.HUGETLB, -Errno.ENOSPC)).contains("8 pages left").doesNotContain("Enlarge");
    }

    @Test
    void aLackOfMappingsAddressSpaceAndMemoryAreTold() {
        assertThat(remedy.ofMapping("mmap(2)", -Errno.ENOMEM))
                .contains("200 of 65530 mappings (vm.max_map_count) and no limit of address space");
        host.limits = ProcessLimits.parse("Max address space         4194304000           unlimited            bytes");
        assertThat(remedy.ofMapping("mmap(2)", -Errno.ENOMEM)).contains("4194304000 bytes", "ulimit -v")
                .doesNotContain("max_map_count");
        host.mappings = new MappingLimit(65525, 65530);
        assertThat(remedy.ofMapping("mmap(2)", -Errno.ENOMEM)).contains("65525 of 65530", "raise vm.max_map_count")
                .doesNotContain("ulimit");
        assertThat(remedy.ofReservation(-Errno.ENOMEM)).contains("raise vm.max_map_count").doesNotContain("ulimit");
    }

    @Test
    void lockedMemoryIsToldFromAddressSpace() {
        for (String text : List.of(
                remedy.ofMapping("mmap(2)", -Errno.EAGAIN), remedy.ofReservation(-Errno.EAGAIN),
                remedy.ofExecution("mmap(2)", -Errno.EAGAIN), remedy.ofSecretMapping(-Errno.EAGAIN))) {
            assertThat(text).contains("RLIMIT_MEMLOCK is 8388608 bytes", "7340032 are in use", "ulimit -l")
                    .doesNotContain("ulimit -v", "max_map_count");
        }
    }

    @Test
    void onlyAnOldKernelIsToBeReplaced() {
        for (String kernel : List.of("6.1.176", "6.12.117", "6.18.44")) {
            host.release = KernelRelease.parse(kernel);
            assertThat(remedy.ofHugePage(Backing.SHMEM_THP, -Errno.EINVAL)).doesNotContain("6.1 or later")
                    .contains("cannot make these 2 MiB one huge page");
        }
        host.release = KernelRelease.parse("5.10.223");
        assertThat(remedy.ofHugePage(Backing.SHMEM_THP, -Errno.EINVAL)).contains("needs Linux 6.1 or later");
    }

    @Test
    void aProcessWithoutHugePagesIsToldSo() {
        host.disablesHugePages = true;
        for (Backing backing : List.of(Backing.SHMEM_THP, Backing.ANON_THP)) {
            assertThat(remedy.ofHugePage(backing, -Errno.EINVAL)).contains("prctl(PR_SET_THP_DISABLE)")
                    .doesNotContain("6.1", "deny", "contiguous");
        }
    }

    @Test
    void aSettingAgainstHugePagesIsNamed() {
        host.shmemEnabled = "deny";
        assertThat(remedy.ofHugePage(Backing.SHMEM_THP, -Errno.EINVAL)).contains("shmem_enabled", "other than deny");
        assertThat(remedy.ofHugePage(Backing.ANON_THP, -Errno.EINVAL)).doesNotContain("deny");
        host.thpEnabled = Optional.empty();
        assertThat(remedy.ofHugePage(Backing.ANON_THP, -Errno.EINVAL)).contains("CONFIG_TRANSPARENT_HUGEPAGE");
    }

    @Test
    void aFullGroupIsToldFromFragmentedMemory() {
        assertThat(remedy.ofHugePage(Backing.SHMEM_THP, -Errno.EBUSY)).contains("memory cgroup", "memory.max")
                .doesNotContain("contiguous");
        assertThat(remedy.ofHugePage(Backing.SHMEM_THP, -Errno.ENOMEM)).contains("contiguous")
                .doesNotContain("cgroup");
    }

    @Test
    void secretMemoryNeedsTheKernelOrTheBootParameter() {
        host.release = KernelRelease.parse("5.10.0");
        assertThat(remedy.ofSecretFile(-Errno.ENOSYS)).contains("needs Linux 5.14 or later");
        host.release = KernelRelease.parse("6.1.0");
        assertThat(remedy.ofSecretFile(-Errno.ENOSYS)).contains("secretmem.enable=1");
        host.release = KernelRelease.parse("6.12.0");
        assertThat(remedy.ofSecretFile(-Errno.ENOSYS)).contains("CONFIG_SECRETMEM").doesNotContain("enable=1");
    }

    @Test
    void anOldKernelIsNamedOnlyIfItIsTooOld() {
        host.release = KernelRelease.parse("6.9.0");
        assertThat(remedy.ofPinning(-Errno.ENOSYS))
                .startsWith("mseal(2) needs Linux 6.10 or later, and this is Linux 6.9")
                .endsWith("SEALED does without.");
        host.release = KernelRelease.parse("5.0.0");
        assertThat(remedy.ofSeals(-Errno.EINVAL)).startsWith("F_SEAL_FUTURE_WRITE needs Linux 5.1 or later");
        host.release = KernelRelease.parse("4.15.0");
        assertThat(remedy.ofBarrier(-Errno.EINVAL)).startsWith("membarrier(2) for code needs Linux 4.16 or later");
        host.release = KernelRelease.parse("6.18.1");
        for (String text : List.of(remedy.ofPinning(-Errno.ENOSYS), remedy.ofSeals(-Errno.EINVAL),
                remedy.ofBarrier(-Errno.EINVAL), remedy.ofBarrier(-Errno.ENOSYS))) {
            assertThat(text).doesNotContain("or later");
        }
    }

    @Test
    void aFilterIsNamedWhereItIsTheCause() {
        for (String text : List.of(remedy.ofPinning(-Errno.EPERM), remedy.ofPinning(-Errno.ENOSYS),
                remedy.ofSeals(-Errno.EPERM), remedy.ofBarrier(-Errno.ENOSYS), remedy.ofBarrier(-Errno.EPERM),
                remedy.ofMaps(-Errno.EACCES))) {
            assertThat(text).contains("seccomp filter");
        }
        assertThat(remedy.ofBarrier(-Errno.EINVAL)).contains("CONFIG_MEMBARRIER").doesNotContain("seccomp");
    }

    @Test
    void theMappingsThatAPinnedRegionNeedsAreNamed() {
        host.mappings = new MappingLimit(65_520, 65_530);
        assertThat(remedy.ofPinning(-Errno.ENOMEM)).contains("vm.max_map_count");
    }

    @Test
    void aFileUnderProcIsMissedForOneReason() {
        for (String text : List.of(remedy.ofMaps(-Errno.ENOENT), remedy.ofKeptFile(-Errno.ENOENT),
                remedy.ofPoke(-Errno.ENOENT))) {
            assertThat(text).isEqualTo("Mount /proc.");
        }
        assertThat(remedy.ofMaps(-Errno.EMFILE)).contains("ulimit -n").doesNotContain("/proc");
        assertThat(remedy.ofKeptFile(-Errno.ENFILE)).contains("fs.file-max").doesNotContain("/proc");
    }
}
