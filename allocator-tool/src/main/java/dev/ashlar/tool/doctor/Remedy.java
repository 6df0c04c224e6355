package dev.ashlar.tool.doctor;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.KernelRelease;
import java.util.List;

/** Finds the command that makes a backing usable, from the refused call, its errno and the facts of the host. */
final class Remedy {

    static final String NONE = "no setting of this host helps; the message above says why";

    private static final int POOL_PAGE_COUNT = 64;
    private static final int SMALL_PAGE_BYTE_SIZE = 4096;
    private static final String THP = "/sys/kernel/mm/transparent_hugepage/";
    private static final String POOL_FILE = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";

    private Remedy() {}

    /** {@return what helps against a refusal: a command if errno and settings point to one, else the heap's advice} */
    static String of(Backing backing, Host host, List<Refusal> refusals) {
        if (refusals.isEmpty()) {
            return NONE;
        }
        Refusal last = refusals.getLast();
        if (backing == Backing.HUGETLB && last.error().startsWith("ENOSPC")) {
            return pool(host);
        }
        boolean isForThePieces = last.error().startsWith("EINVAL") || last.error().startsWith("ENOMEM")
                || last.error().startsWith("EAGAIN");
        if (last.call().contains("MADV_COLLAPSE") && isForThePieces
                && !last.remedy().contains("PR_SET_THP_DISABLE")) {
            return collapse(host, last.error());
        }
        return last.remedy();
    }

    /** {@return what helps if the backing was provided but the kernel does not map it huge} */
    static String ofSmallMapping(Backing backing, Host host) {
        return switch (backing) {
            case ANON_THP, SHMEM_THP -> collapse(host, "");
            case HUGETLB, SMALL, SECRET -> NONE;
        };
    }

    private static String pool(Host host) {
        if (host.hugetlbPool().isEmpty()) {
            return "boot a kernel with CONFIG_HUGETLBFS and 2 MiB huge pages";
        }
        HugePageSettings.Pool pool = host.hugetlbPool().get();
        if (pool.available() > 0) {
            return "raise the limit of huge pages of this container (hugetlb.2MB.max of its cgroup): the pool has "
                    + pool.available() + " pages left";
        }
        // If all pages are taken, the pool must grow by what a heap needs, not to it.
        long wanted = pool.total() - Math.max(0, pool.available()) + POOL_PAGE_COUNT;
        // The sysctl sets the pool of the default size, which is 2 MiB only with small pages of 4 KiB.
        return host.pageBytes() == SMALL_PAGE_BYTE_SIZE
                ? "sudo sysctl vm.nr_hugepages=" + wanted
                : "echo " + wanted + " | sudo tee " + POOL_FILE;
    }

    private static String collapse(Host host, String error) {
        Host.TransparentHugePages settings = host.transparentHugePages();
        if (settings.enabled().isEmpty()) {
            return "boot a kernel with CONFIG_TRANSPARENT_HUGEPAGE";
        }
        if (error.startsWith("EINVAL") && !KernelRelease.parse(host.kernel()).isAtLeast(6, 1)) {
            return "boot Linux 6.1 or later: this kernel has no MADV_COLLAPSE";
        }
        if (settings.shmemEnabled().orElse("").equals("deny")) {
            return "echo advise | sudo tee " + THP + "shmem_enabled";
        }
        if (error.startsWith("EINVAL")) {
            return "none is known for EINVAL on this kernel; use the pool instead: " + pool(host);
        }
        return "free memory in pieces of 2 MiB: echo 1 | sudo tee /proc/sys/vm/compact_memory";
    }
}
