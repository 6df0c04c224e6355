package dev.ashlar.symbols;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCallException;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that tools read by its address: zeros, only address space until it is written. It stays until it is closed,
 * whether or not it is reachable. Afterwards an access throws.
 *
 * <p>Thread-safe.
 */
final class ToolMemory {
    private final SystemCalls calls;
    private final Arena life = Arena.ofShared();
    private final MemorySegment bytes;

    @SuppressWarnings("restricted")
    ToolMemory(SystemCalls calls, long byteSize) {
        this.calls = calls;
        long address = calls.mmap(0, byteSize, Linux.PROT_READ | Linux.PROT_WRITE,
                Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE, -1, 0);
        if (Errno.isFailure(address)) {
            throw new SystemCallException("mmap(" + byteSize + " bytes for tools)", address);
        }
        this.bytes = MemorySegment.ofAddress(address).reinterpret(byteSize, life, null);
    }

    MemorySegment bytes() {
        return bytes;
    }

    /** Gives the memory back. Pre: it was not closed before. */
    void close() {
        life.close();
        int ignored = calls.munmap(bytes.address(), bytes.byteSize());
        assert ignored == 0 : "munmap: " + ignored;
    }
}
