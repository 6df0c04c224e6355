package dev.ashlar.tool.memory;

import static dev.ashlar.stubs.Linux.MAP_ANONYMOUS;
import static dev.ashlar.stubs.Linux.MAP_PRIVATE;
import static dev.ashlar.stubs.Linux.PROT_EXEC;
import static dev.ashlar.stubs.Linux.PROT_READ;
import static dev.ashlar.stubs.Linux.PROT_WRITE;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;

/**
 * The plainest way to W^X: a mapping of its own for every function. mmap read+write, copy, mprotect to read+execute,
 * munmap. Every live function is a VMA, every publish a permission change.
 *
 * <p>It keeps no list of its mappings: what the caller does not free stays until the process ends.
 */
public final class MappingPerFunction implements BlockMemory {

    private final SystemCalls calls;
    private final LongAdder mprotectCalls = new LongAdder();

    public MappingPerFunction(SystemCalls calls) {
        this.calls = calls;
    }

    @Override
    public String label() {
        return "mmap+mprotect";
    }

    @Override
    public long allocate(long byteSize) {
        // The kernel rounds the length up to whole pages itself.
        long address = calls.mmap(0, byteSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        require(address, "mmap");
        return address;
    }

    @Override
    public void write(long address, MemorySegment source, long byteSize) {
        MemorySegment.copy(source, 0, RawMemory.EVERYTHING, address, byteSize);
    }

    @Override
    public void publish(long address, long byteSize) {
        mprotectCalls.increment();
        require(calls.mprotect(address, byteSize, PROT_READ | PROT_EXEC), "mprotect");
    }

    @Override
    public void free(long address, long byteSize) {
        require(calls.munmap(address, byteSize), "munmap");
    }

    @Override
    public long mprotectCallCount() {
        return mprotectCalls.sum();
    }

    @Override
    public void close() {
        // Nothing is shared between functions: there is nothing left to give back.
    }

    private static void require(long result, String call) {
        if (Errno.isFailure(result)) {
            throw new MemoryRefusedException(call, Errno.describe(result));
        }
    }
}
