package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.KernelRelease;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * Memory of memfds, which several views can share: pages of the hugetlb pool, transparent huge pages, small ones. Holds
 * what does not depend on whether a file serves one region or all of them.
 */
abstract sealed class SharedRung extends Rung permits FileRung, SealedRung {
    final SystemCalls calls;
    private final String fileName;

    SharedRung(Backing backing, Zone zone, SystemCalls calls, String name) {
        super(backing, zone);
        this.calls = calls;
        this.fileName = name + "-" + backing.label();
    }

    /**
     * Creates an empty file of this backing.
     *
     * @return null, or why it could not be created
     */
    final @Nullable Refusal open(MemoryFile file, long byteSize) {
        int pageFlags = backing == Backing.HUGETLB ? Linux.MFD_HUGETLB | Linux.MFD_HUGE_2MB : 0;
        MemoryFile.Failure failure = file.open(fileName, pageFlags, byteSize);
        return failure == null ? null : MemoryFile.refusal(backing.label(), failure, fileRemedy());
    }

    /** Allocates the file's memory for a region, or one page if the rest follows from it. */
    final @Nullable Refusal allocate(MemoryFile file, long fileOffset) {
        // MADV_COLLAPSE populates a whole shmem region from one page. If all 512 were allocated first, the kernel would
        // clear and copy them for nothing.
        long first = backing == Backing.SHMEM_THP ? Pages.BYTE_SIZE : Region.BYTE_SIZE;
        int result = file.allocate(fileOffset, first);
        return result < 0
                ? refusal("fallocate(fd, 0, " + fileOffset + ", " + first + ")", result, memoryRemedy())
                : null;
    }

    /**
     * Maps a region's part of the file in all views: first in the view to write through, which is filled with traps.
     */
    final @Nullable Refusal map(MemoryFile file, long fileOffset, int region) {
        View writing = zone.writing();
        Refusal refusal = map(file, fileOffset, writing, region);
        if (refusal == null && zone.isExecutable()) {
            // Before the executable view exists, so that only traps can run there.
            zone.fillWithTraps(Region.offsetOf(region), Region.BYTE_SIZE);
        }
        if (refusal == null) {
            refusal = refuseWriters(file);
        }
        View front = zone.front();
        if (refusal == null && front != writing) {
            refusal = map(file, fileOffset, front, region);
        }
        if (refusal == null) {
            populate(region);
        }
        return refusal;
    }

    /** Called when the view to write through is mapped and no other is yet. */
    abstract @Nullable Refusal refuseWriters(MemoryFile file);

    private @Nullable Refusal map(MemoryFile file, long fileOffset, View view, int region) {
        Access access = view.access();
        int result = view.map(file, fileOffset, region);
        if (result < 0) {
            boolean forbidden = access == Access.EXECUTE && (result == -Errno.EACCES || result == -Errno.EPERM);
            return refusal(
                    "mmap(" + access + ", MAP_SHARED)", result, forbidden ? executableRemedy() : mapRemedy());
        }
        // A forked child could write the parent's memory through it.
        result = view.advise(region, Linux.MADV_DONTFORK);
        boolean showsAgain = view != zone.front();
        if (result == 0 && showsAgain) {
            // A core dump has the front, which a debugger needs, and has each byte once.
            result = view.advise(region, Linux.MADV_DONTDUMP);
        }
        if (result < 0) {
            String advice = showsAgain ? "MADV_DONTFORK or MADV_DONTDUMP" : "MADV_DONTFORK";
            return refusal("madvise(" + access + " view, " + advice + ")", result, mapRemedy());
        }
        if (backing == Backing.SHMEM_THP) {
            view.touch(region);
            result = view.collapse(region);
            if (result < 0) {
                return refusal("madvise(" + access + " view, MADV_COLLAPSE)", result, collapseRemedy(result));
            }
        }
        return null;
    }

    /** Fills the page tables of the front, which has not been written. */
    private void populate(int region) {
        View first = zone.front();
        if (backing == Backing.SMALL) {
            // Only advice (Linux 5.14): without it, the first access fills the tables.
            first.advise(region, Linux.MADV_POPULATE_READ);
        } else if (zone.isExecutable()) {
            // One touch maps the huge page, also on kernels without MADV_POPULATE_READ (before 5.14).
            zone.requireTrap(region);
        } else if (first.advise(region, Linux.MADV_POPULATE_READ) < 0) {
            // Before Linux 5.14.
            first.touch(region);
        }
    }

    /**
     * Makes the region a hole in all views from the n-th on.
     *
     * @return whether it now is one in each
     */
    final boolean unmapFrom(int nth, int region) {
        boolean unmapped = true;
        for (View view : zone.views().subList(nth, zone.views().size())) {
            unmapped &= view.unmap(region) == 0;
        }
        return unmapped;
    }

    private String fileRemedy() {
        String all = "memfd_create must be allowed (seccomp, SELinux), descriptors left (ulimit -n) and a file as long"
                + " as the heap possible (ulimit -f).";
        return backing == Backing.HUGETLB ? "The kernel must support 2 MiB hugetlb pages; " + all : all;
    }

    private String memoryRemedy() {
        return backing == Backing.HUGETLB
                ? "Enlarge the pool (sudo sysctl vm.nr_hugepages=N, N pages of 2 MiB), or ask for MemoryDemand.AUTO."
                : "The system or this process's memory cgroup is out of memory.";
    }

    private static String executableRemedy() {
        return "The host forbids executable shared mappings (SELinux execmem, noexec, seccomp): allow them.";
    }

    private static String collapseRemedy(int result) {
        KernelRelease release = KernelRelease.current();
        return result == -Errno.EINVAL && !release.isAtLeast(6, 1)
                ? "MADV_COLLAPSE needs Linux 6.1 or later, and this is Linux " + release + "."
                : "Transparent huge pages need CONFIG_TRANSPARENT_HUGEPAGE, shmem_enabled other than deny, and 2 MiB"
                        + " of contiguous free memory.";
    }
}
