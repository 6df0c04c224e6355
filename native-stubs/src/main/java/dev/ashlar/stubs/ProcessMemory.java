package dev.ashlar.stubs;

/**
 * This process's memory as a file, {@code /proc/self/mem}: reads and writes that pass by page permissions, so that code
 * in a read-and-execute mapping can be written without making it writable.
 *
 * <p>The kernel refuses it (EIO) on shared mappings it may not write, and hardened kernels refuse it altogether: the
 * caller must be ready for a failure of the first write. Whoever holds this object can write code.
 *
 * <p>Thread-safe: positions are part of each call.
 */
public final class ProcessMemory implements AutoCloseable {

    private final SystemCalls calls;
    private final int fd;

    private ProcessMemory(SystemCalls calls, int fd) {
        this.calls = calls;
        this.fd = fd;
    }

    /**
     * Opens the memory of this process for reading and writing.
     *
     * @throws SystemCallException if the kernel refuses
     */
    public static ProcessMemory open(SystemCalls calls) {
        int fd = calls.open("/proc/self/mem", Linux.O_RDWR | Linux.O_CLOEXEC);
        if (Errno.isFailure(fd)) {
            throw new SystemCallException("open(/proc/self/mem)", fd);
        }
        return new ProcessMemory(calls, fd);
    }

    /**
     * Copies bytes to {@code targetAddress}, whatever its permissions.
     *
     * @return {@code byteSize}, or {@code -errno}; bytes before the failing page are written then
     */
    public long write(long targetAddress, long sourceAddress, long byteSize) {
        assert byteSize >= 0 : "byteSize=" + byteSize;
        long done = 0;
        while (done < byteSize) {
            long written = calls.pwrite(fd, sourceAddress + done, byteSize - done, targetAddress + done);
            if (written <= 0) {
                return written == 0 ? -Errno.EIO : written;
            }
            done += written;
        }
        return done;
    }

    /**
     * Copies bytes from {@code sourceAddress}, whatever its permissions.
     *
     * @return {@code byteSize}, or {@code -errno}; bytes before the failing page are read then
     */
    public long read(long sourceAddress, long targetAddress, long byteSize) {
        assert byteSize >= 0 : "byteSize=" + byteSize;
        long done = 0;
        while (done < byteSize) {
            long read = calls.pread(fd, targetAddress + done, byteSize - done, sourceAddress + done);
            if (read <= 0) {
                return read == 0 ? -Errno.EIO : read;
            }
            done += read;
        }
        return done;
    }

    @Override
    public void close() {
        calls.close(fd);
    }
}
