package dev.ashlar.tool.memory;

import static dev.ashlar.tool.memory.MemoryRefusedException.require;

import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import java.util.concurrent.atomic.LongAdder;

/**
 * The simplest implementation of W^X: one mapping for each function. Maps read+write, copies, changes the permission to
 * read+execute, unmaps. Every live function is a VMA, and every publish is a permission change.
 *
 * <p>It keeps no list of its mappings: blocks that are not freed stay until the process ends.
 */
public final class MappingPerFunction implements BlockMemory {

    private final SystemCalls calls;
    private final LongAdder mprotectCalls = new LongAdder();

    /** Maps with these system calls. */
    public MappingPerFunction(SystemCalls calls) {
        this.calls = calls;
    }

    @Override
    public long allocate(int slot, long byteSize) {
        // The kernel rounds the length up to whole pages.
        return require("mmap", calls.mmap(0, byteSize, Linux.PROT_READ | Linux.PROT_WRITE,
                Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0));
    }

    @Override
    public void publish(long address, long byteSize) {
        mprotectCalls.increment();
        require("mprotect", calls.mprotect(address, byteSize, Linux.PROT_READ | Linux.PROT_EXEC));
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        require("munmap", calls.munmap(address, byteSize));
    }

    @Override
    public long mprotectCallCount() {
        return mprotectCalls.sum();
    }
}
