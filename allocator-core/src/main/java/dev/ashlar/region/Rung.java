package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * One rung of the backing ladder on the ALIAS write path: commits and releases single regions of one backing.
 *
 * <p>A commit is a chain of steps; where one is refused the earlier ones are undone and the region is a hole again.
 */
final class Rung {
    private static final int BASE_PAGE_BYTE_SIZE = 4096;

    private final Backing backing;
    private final Span span;
    private final Views views;
    private final SystemCalls calls;
    private final String fileName;
    private @Nullable MemoryFile file;

    Rung(Backing backing, Span span, SystemCalls calls, String name) {
        this.backing = backing;
        this.span = span;
        this.views = span.views();
        this.calls = calls;
        this.fileName = name + "-" + backing.label();
    }

    Backing backing() {
        return backing;
    }

    /**
     * Puts memory of this backing behind a hole.
     *
     * @return null where the region is committed now, otherwise why not; then it is a hole as before
     */
    @Nullable Refusal commit(int region) {
        MemoryFile source = file;
        if (source == null) {
            switch (MemoryFile.create(calls, fileName, pageFlags(), span.byteSize())) {
                case MemoryFile.Created created -> {
                    source = created.file();
                    file = source;
                }
                case MemoryFile.NotCreated not -> {
                    return MemoryFile.refusal(backing.label(), not, fileRemedy());
                }
            }
        }
        long offset = Region.offsetOf(region);
        // MADV_COLLAPSE brings a shmem region in whole: one page is enough for it to start from, and asking for all 512
        // first would have the kernel clear and copy them for nothing.
        long first = backing == Backing.SHMEM_THP ? BASE_PAGE_BYTE_SIZE : Region.BYTE_SIZE;
        int result = source.allocate(offset, first);
        if (result < 0) {
            // An interrupted fallocate may have left part of what it got.
            source.punch(offset, Region.BYTE_SIZE);
            return refusal("fallocate(fd, 0, " + offset + ", " + first + ")", result, memoryRemedy());
        }
        Refusal refusal = map(source, region);
        if (refusal != null) {
            undo(source, region);
        }
        return refusal;
    }

    /**
     * Makes the region a hole. Memory must never be gone while a view still reaches it (SIGBUS, or a quiet fresh page):
     * where the kernel refuses a hole, the memory stays until the next commit or the heap's end.
     */
    private void undo(MemoryFile source, int region) {
        int executable = views.unmapExecutable(region);
        int writable = views.unmapWritable(region);
        if (executable == 0 && writable == 0) {
            source.punch(Region.offsetOf(region), Region.BYTE_SIZE);
        }
    }

    private @Nullable Refusal map(MemoryFile source, int region) {
        long offset = Region.offsetOf(region);
        int result = views.mapWritable(source, region);
        if (result < 0) {
            return refusal("mmap(read+write, MAP_SHARED)", result, mapRemedy());
        }
        result = views.hideWritable(region);
        if (result < 0) {
            return refusal("madvise(read+write view, MADV_DONTFORK or MADV_DONTDUMP)", result, mapRemedy());
        }
        if (backing == Backing.SHMEM_THP) {
            result = views.collapseWritable(region);
            if (result < 0) {
                return refusal("madvise(read+write view, MADV_COLLAPSE)", result, collapseRemedy());
            }
        }
        // Before the executable view exists, so that nothing but traps can ever be run there.
        span.fillWithTraps(offset, Region.BYTE_SIZE);
        result = views.mapExecutable(source, region);
        if (result < 0) {
            boolean forbidden = result == -Errno.EACCES || result == -Errno.EPERM;
            return refusal(
                    "mmap(read+execute, MAP_SHARED)", result, forbidden ? executableRemedy() : mapRemedy());
        }
        result = views.hideExecutable(region);
        if (result < 0) {
            return refusal("madvise(read+execute view, MADV_DONTFORK)", result, mapRemedy());
        }
        return switch (backing) {
            case SHMEM_THP -> {
                result = views.collapseExecutable(region);
                yield result < 0
                        ? refusal("madvise(read+execute view, MADV_COLLAPSE)", result, collapseRemedy())
                        : null;
            }
            case HUGETLB -> {
                // One touch maps the page, on kernels without MADV_POPULATE_READ (before 5.14) too.
                span.requireTrap(offset);
                yield null;
            }
            case SMALL -> {
                views.populateExecutable(region);
                yield null;
            }
        };
    }

    /**
     * Makes a committed region a hole and gives its memory back.
     *
     * @return whether that was done; where not, the region is committed as before
     */
    boolean release(int region) {
        MemoryFile source = file;
        if (source == null) {
            throw new IllegalStateException("region " + region + " was not committed here: " + backing);
        }
        if (views.unmapExecutable(region) < 0) {
            // No VMA left for the hole, say: nothing has changed.
            return false;
        }
        if (views.unmapWritable(region) == 0 && source.punch(Region.offsetOf(region), Region.BYTE_SIZE) == 0) {
            return true;
        }
        // Where the way back is refused as well the region is no longer of use: it counts as released, and is a hole
        // wherever the kernel still listens.
        boolean restored = map(source, region) == null;
        if (!restored) {
            undo(source, region);
        }
        return !restored;
    }

    void close() {
        if (file != null) {
            file.close();
        }
    }

    private int pageFlags() {
        return backing == Backing.HUGETLB ? Linux.MFD_HUGETLB | Linux.MFD_HUGE_2MB : 0;
    }

    private Refusal refusal(String call, long result, String remedy) {
        return new Refusal(backing.label(), call, Errno.describe(result), remedy);
    }

    private String fileRemedy() {
        String all = "memfd_create must be allowed (seccomp, SELinux), descriptors left (ulimit -n) and a file as long"
                + " as the heap possible (ulimit -f).";
        return backing == Backing.HUGETLB ? "The kernel must support 2 MiB hugetlb pages; " + all : all;
    }

    private String memoryRemedy() {
        return backing == Backing.HUGETLB
                ? "Enlarge the pool (sudo sysctl vm.nr_hugepages=N, N pages of 2 MiB), or ask for Memory.AUTO."
                : "The system or this process's memory cgroup is out of memory.";
    }

    private static String mapRemedy() {
        return "Raise vm.max_map_count or the limit of address space (ulimit -v).";
    }

    private static String executableRemedy() {
        return "The host forbids executable shared mappings (SELinux execmem, noexec, seccomp): allow them.";
    }

    private static String collapseRemedy() {
        return "Transparent huge pages need Linux 6.1 or later with CONFIG_TRANSPARENT_HUGEPAGE, shmem_enabled other"
                + " than deny, and 2 MiB of contiguous free memory.";
    }
}
