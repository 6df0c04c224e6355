package dev.ashlar.host;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;

/**
 * Asks the kernel whether a byte of this process can be read or written, without a fault: the kernel copies from or to
 * the byte, and returns EFAULT if a touch would raise a signal. If the byte can be touched, the copy touches it, and
 * populates its page.
 */
public final class Touch implements AutoCloseable {
    private final SystemCalls calls = Libc.system();
    private final int fd = calls.memfdCreate("touch", Linux.MFD_CLOEXEC);

    /** {@return whether the byte can be read} */
    public boolean canRead(long address) {
        return succeeded(calls.pwrite(fd, address, 1, 0));
    }

    /** {@return whether the byte can be read and written; if so, it is written with its old value} */
    public boolean canWrite(long address) {
        return canRead(address) && succeeded(calls.pread(fd, address, 1, 0));
    }

    private static boolean succeeded(long result) {
        if (result == -Errno.EFAULT) {
            return false;
        }
        if (result != 1) {
            throw new AssertionError("a touch failed in a new way: result=" + result);
        }
        return true;
    }

    @Override
    public void close() {
        calls.close(fd);
    }
}
