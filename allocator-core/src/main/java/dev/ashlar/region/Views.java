package dev.ashlar.region;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;

/**
 * The address space of a span on the ALIAS write path: two reservations of the same size at unrelated addresses, one
 * where code runs (read+execute once committed), one where it is written (read+write once committed). No permission
 * ever changes: a region is a {@code PROT_NONE} hole in both views, or mapped in both.
 *
 * <p>A hole is an anonymous mapping without permissions and not missing, so that nobody else's mmap can land there and
 * every touch faults.
 *
 * @param calls the boundary to the kernel
 * @param executableBase first address of the view in which code runs; a multiple of 2 MiB
 * @param writableBase first address of the view in which code is written; a multiple of 2 MiB
 * @param byteSize bytes of each view
 */
record Views(SystemCalls calls, long executableBase, long writableBase, long byteSize) {
    private static final int COLLAPSE_ATTEMPT_COUNT = 8;
    private static final int HOLE = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE;

    /** mmap of a hole, without touching what {@code flags} does not allow to be replaced. */
    static long reserve(SystemCalls calls, long address, long byteSize, int flags) {
        return calls.mmap(address, byteSize, Linux.PROT_NONE, HOLE | flags, -1, 0);
    }

    /** Maps a region of the file for writing. @return 0 or {@code -errno} */
    int mapWritable(MemoryFile file, int region) {
        return map(writableBase, Linux.PROT_READ | Linux.PROT_WRITE, file, region);
    }

    /** Maps a region of the file for execution. @return 0 or {@code -errno} */
    int mapExecutable(MemoryFile file, int region) {
        return map(executableBase, Linux.PROT_READ | Linux.PROT_EXEC, file, region);
    }

    private int map(long base, int protection, MemoryFile file, int region) {
        long offset = Region.offsetOf(region);
        int flags = Linux.MAP_SHARED | Linux.MAP_FIXED;
        long mapped = calls.mmap(base + offset, Region.BYTE_SIZE, protection, flags, file.fd(), offset);
        return Errno.isFailure(mapped) ? (int) mapped : 0;
    }

    /**
     * Keeps the region's writable view out of forked children, which could write the parent's code through it, and out
     * of core dumps: they have the executable one, which a debugger needs. @return 0 or {@code -errno}
     */
    int hideWritable(int region) {
        int result = advise(writableBase, region, Linux.MADV_DONTFORK);
        return result < 0 ? result : advise(writableBase, region, Linux.MADV_DONTDUMP);
    }

    /** Keeps the region's executable view out of forked children. @return 0 or {@code -errno} */
    int hideExecutable(int region) {
        return advise(executableBase, region, Linux.MADV_DONTFORK);
    }

    private int advise(long base, int region, int advice) {
        return calls.madvise(base + Region.offsetOf(region), Region.BYTE_SIZE, advice);
    }

    /** Has the kernel map the region's writable view by one huge page. @return 0 or {@code -errno} */
    int collapseWritable(int region) {
        return collapse(writableBase, region);
    }

    /** Has the kernel map the region's executable view by one huge page. @return 0 or {@code -errno} */
    int collapseExecutable(int region) {
        return collapse(executableBase, region);
    }

    private int collapse(long base, int region) {
        int result = -Errno.EAGAIN;
        // madvise(2): EAGAIN is a page that somebody else held for a moment.
        for (int attempt = 0; attempt < COLLAPSE_ATTEMPT_COUNT && result == -Errno.EAGAIN; attempt++) {
            result = advise(base, region, Linux.MADV_COLLAPSE);
        }
        return result;
    }

    /** Fills the page tables of the executable view; advice only (Linux 5.14), the first call does it otherwise. */
    void populateExecutable(int region) {
        advise(executableBase, region, Linux.MADV_POPULATE_READ);
    }

    /** Makes a region a hole in the executable view, whatever it was. @return 0 or {@code -errno} */
    int unmapExecutable(int region) {
        return hole(executableBase, region);
    }

    /** Makes a region a hole in the writable view, whatever it was. @return 0 or {@code -errno} */
    int unmapWritable(int region) {
        return hole(writableBase, region);
    }

    private int hole(long base, int region) {
        long result = reserve(calls, base + Region.offsetOf(region), Region.BYTE_SIZE, Linux.MAP_FIXED);
        return Errno.isFailure(result) ? (int) result : 0;
    }

    /** Gives the address space back, and with it every mapping in it. */
    void release() {
        release(executableBase);
        release(writableBase);
    }

    private void release(long base) {
        if (calls.munmap(base, byteSize) < 0) {
            // ENOMEM: the kernel had merged an end of the span with a neighbour, and there is no VMA left to cut it off
            // with. One hole from end to end gives the memory back, and the VMAs that it takes to try again.
            reserve(calls, base, byteSize, Linux.MAP_FIXED);
            calls.munmap(base, byteSize);
        }
    }
}
