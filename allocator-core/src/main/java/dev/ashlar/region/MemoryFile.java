package dev.ashlar.region;

import dev.ashlar.stubs.Descriptor;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * A memfd: of a zone, whose region {@code r} the file's bytes from {@code r * 2 MiB} back, or of one region. It is as
 * long as its last committed region needs, because a limit of file size (ulimit -f) counts length and not memory. Only
 * {@link #allocate} creates its pages, so a touch never populates one. The descriptor is close-on-exec.
 */
final class MemoryFile {
    private static final int SEALABLE = Linux.MFD_CLOEXEC | Linux.MFD_ALLOW_SEALING;

    private final SystemCalls calls;
    private final Descriptor descriptor;
    private long byteSize;

    /** Prepares a file, which is not open. */
    MemoryFile(SystemCalls calls) {
        this.calls = calls;
        this.descriptor = new Descriptor(calls);
    }

    /** The call that failed, and its result, {@code -errno}. */
    record Failure(String call, int result) {}

    /**
     * Creates the file, without length. Pre: it is not open.
     *
     * @param pageFlags flags of memfd_create(2) that choose the page size, or 0
     * @return null, or why it could not be created
     */
    @Nullable Failure open(String name, int pageFlags) {
        // vm.memfd_noexec = 2 refuses files that execve(2) could execute. With MFD_NOEXEC_SEAL it cannot, and the file
        // can still be mapped executable; kernels before 6.3 answer EINVAL to the flag.
        int flags = SEALABLE | pageFlags | Linux.MFD_NOEXEC_SEAL;
        int fd = descriptor.createMemory(name, flags);
        if (fd == -Errno.EINVAL) {
            flags = SEALABLE | pageFlags;
            fd = descriptor.createMemory(name, flags);
        }
        byteSize = 0;
        return fd < 0
                ? new Failure("memfd_create(\"" + name + "\", 0x" + Integer.toHexString(flags) + ")", fd)
                : null;
    }

    /**
     * Makes the file at least this long. Pre: it is open.
     *
     * @return 0 or {@code -errno}
     */
    int growTo(long wantedByteSize) {
        if (wantedByteSize <= byteSize) {
            return 0;
        }
        int result = calls.ftruncate(fd(), wantedByteSize);
        if (result == 0) {
            byteSize = wantedByteSize;
        }
        return result;
    }

    boolean isOpen() {
        return descriptor.isOpen();
    }

    int fd() {
        return descriptor.number();
    }

    /**
     * fallocate(2) of the range, so that no later touch can fail.
     *
     * @return 0 or {@code -errno}
     */
    int allocate(long offset, long byteSize) {
        int result;
        int attempt = 0;
        do {
            result = calls.fallocate(fd(), 0, offset, byteSize);
        } while (Errno.isWorthRepeating(result, ++attempt));
        return result;
    }

    /**
     * Gives the memory of the range back to the system.
     *
     * @return 0 or {@code -errno}
     */
    int punch(long offset, long byteSize) {
        return calls.fallocate(fd(), Linux.FALLOC_FL_PUNCH_HOLE | Linux.FALLOC_FL_KEEP_SIZE, offset, byteSize);
    }

    /**
     * Adds seals; they cannot be removed.
     *
     * @return 0 or {@code -errno}
     */
    int seal(int seals) {
        return calls.fcntl(fd(), Linux.F_ADD_SEALS, seals);
    }

    void close() {
        descriptor.close();
    }
}
