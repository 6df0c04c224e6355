package dev.ashlar.tool.secret;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCallException;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.MemorySegment;

/** The plainest way: a memfd_secret(2) file and a mapping for each secret. The kernel clears what is unmapped. */
final class MappedSecrets implements Secrets {
    private static final long PAGE_BYTE_SIZE = 4096;

    private final SystemCalls calls = Libc.system();

    @Override
    @SuppressWarnings("restricted")
    public MemorySegment allocate(int byteSize) {
        int fd = require("memfd_secret(O_CLOEXEC)", calls.memfdSecret(Linux.O_CLOEXEC));
        try {
            long fileByteSize = (byteSize + PAGE_BYTE_SIZE - 1) & -PAGE_BYTE_SIZE;
            require("ftruncate", calls.ftruncate(fd, fileByteSize));
            int protection = Linux.PROT_READ | Linux.PROT_WRITE;
            long address = calls.mmap(0, fileByteSize, protection, Linux.MAP_SHARED, fd, 0);
            if (Errno.isFailure(address)) {
                throw new SystemCallException("mmap of a secret of " + fileByteSize + " bytes", address);
            }
            return MemorySegment.ofAddress(address).reinterpret(byteSize);
        } finally {
            calls.close(fd);
        }
    }

    private static int require(String call, int result) {
        if (Errno.isFailure(result)) {
            throw new SystemCallException(call, result);
        }
        return result;
    }

    @Override
    public void free(MemorySegment secret) {
        // The kernel rounds the length up to whole pages itself.
        require("munmap", calls.munmap(secret.address(), secret.byteSize()));
    }

    @Override
    public void close() {
        // Nothing is shared between secrets: there is nothing left to give back.
    }
}
