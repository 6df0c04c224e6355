package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Linux;
import org.jspecify.annotations.Nullable;

/** Creates memory files of a rung's backing and allocates their memory. */
record FileMemory(SharedRung rung, String heapName) {

    /**
     * Creates an empty file.
     *
     * @return null, or why it could not be created
     */
    @Nullable Refusal open(MemoryFile file) {
        int pageFlags = rung.backing == Backing.HUGETLB ? Linux.MFD_HUGETLB | Linux.MFD_HUGE_2MB : 0;
        MemoryFile.Failure failure = file.open(heapName + "-" + rung.backing.label(), pageFlags);
        return failure == null
                ? null
                : rung.refusal(
                        failure.call(),
                        failure.result(),
                        rung.remedy.ofFile(rung.backing, "memfd_create(2)", failure.result()));
    }

    /**
     * Makes a file at least this long.
     *
     * @return null, or why that is refused
     */
    @Nullable Refusal grow(MemoryFile file, long byteSize) {
        int result = file.growTo(byteSize);
        return result < 0
                ? rung.refusal(
                        "ftruncate(fd, " + byteSize + ")",
                        result,
                        rung.remedy.ofFile(rung.backing, "ftruncate(2)", result))
                : null;
    }

    /**
     * Allocates the file's memory for a region, or one page if the rest follows from it.
     *
     * @return 0 or {@code -errno}
     */
    int allocate(MemoryFile file, long fileOffset) {
        return file.allocate(fileOffset, firstByteSize());
    }

    /** {@return the refusal of {@link #allocate}} */
    Refusal notAllocated(long fileOffset, int result) {
        return rung.refusal(
                "fallocate(fd, 0, " + fileOffset + ", " + firstByteSize() + ")",
                result,
                rung.remedy.ofMemory(rung.backing, result));
    }

    private long firstByteSize() {
        // MADV_COLLAPSE populates a whole shmem region from one page. If all 512 were allocated first, the kernel would
        // clear and copy them for nothing.
        return rung.backing == Backing.SHMEM_THP ? Pages.BYTE_SIZE : Region.BYTE_SIZE;
    }
}
