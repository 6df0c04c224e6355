package dev.ashlar.tool.doctor;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.KernelRelease;
import java.util.List;

/** The command that most likely makes a backing usable, given what the host says. */
final class Remedy {

    private static final int POOL_PAGE_COUNT = 64;

    private Remedy() {}

    /** {@return what would mend a refusal: a command where the settings tell one, else what the heap said} */
    static String of(Backing backing, Host host, List<Refusal> refusals) {
        boolean isMatterOfSettings = refusals.isEmpty()
                || (backing == Backing.HUGETLB && refusals.getLast().error().startsWith("ENOSPC"))
                || (backing == Backing.SHMEM_THP && refusals.getLast().call().contains("MADV_COLLAPSE"));
        return isMatterOfSettings ? of(backing, host) : refusals.getLast().remedy();
    }

    private static String of(Backing backing, Host host) {
        return switch (backing) {
            case HUGETLB -> hugetlb(host);
            case SHMEM_THP, ANON_THP -> transparent(host);
            case SMALL -> memfd();
            case SECRET -> "ulimit -l 8192";
        };
    }

    private static String hugetlb(Host host) {
        if (host.hugetlbPool().isEmpty()) {
            return "boot a kernel with CONFIG_HUGETLBFS and 2 MiB huge pages";
        }
        HugePageSettings.Pool pool = host.hugetlbPool().get();
        // All pages taken: the pool has to grow by what we want, not to what we want.
        return "sudo sysctl vm.nr_hugepages=" + (pool.total() - Math.max(0, pool.available()) + POOL_PAGE_COUNT);
    }

    private static String transparent(Host host) {
        Host.TransparentHugePages settings = host.transparentHugePages();
        if (settings.enabled().isEmpty()) {
            return "boot a kernel with CONFIG_TRANSPARENT_HUGEPAGE";
        }
        if (settings.shmemEnabled().orElse("").equals("deny")) {
            return "echo advise | sudo tee /sys/kernel/mm/transparent_hugepage/shmem_enabled";
        }
        String compact = "free memory for 2 MiB pages: echo 1 | sudo tee /proc/sys/vm/compact_memory";
        return KernelRelease.parse(host.kernel()).isAtLeast(6, 1)
                ? compact
                : "boot Linux 6.1 or later (MADV_COLLAPSE), or " + compact;
    }

    private static String memfd() {
        return "allow memfd_create and executable shared mappings (seccomp, SELinux), and check ulimit -v";
    }
}
