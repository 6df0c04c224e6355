package dev.ashlar.tool.permissions;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.tool.memory.MappingPerFunction;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The plainest naive way: mmap read+write, copy, mprotect read+execute, munmap, for every function. */
final class MappingWay implements Way {

    private static final long PAGE_BYTE_SIZE = 4096;

    private final MappingPerFunction memory;
    private long committedByteSize;

    MappingWay(SystemCalls calls) {
        memory = new MappingPerFunction(calls);
    }

    @Override
    public Publication open() {
        return new Single();
    }

    @Override
    public List<AddressRange> views() {
        return List.of();
    }

    @Override
    public long committedByteSize() {
        return committedByteSize;
    }

    @Override
    public long mprotectCallCount() {
        return memory.mprotectCallCount();
    }

    @Override
    public void heal() {
        // Nobody mends a mapping for each function.
    }

    @Override
    public CellFigures.@Nullable Books books() {
        return null;
    }

    @Override
    public void close() {
        memory.close();
    }

    private final class Single implements Publication {
        private long address;
        private long byteSize;

        @Override
        public long write(int number, MemorySegment code) {
            byteSize = code.byteSize();
            address = memory.allocate(byteSize);
            memory.write(address, code, byteSize);
            committedByteSize += pageByteSize();
            return address;
        }

        @Override
        public void publish() {
            memory.publish(address, byteSize);
        }

        @Override
        public void free() {
            memory.free(address, byteSize);
            committedByteSize -= pageByteSize();
        }

        private long pageByteSize() {
            return Math.ceilDiv(byteSize, PAGE_BYTE_SIZE) * PAGE_BYTE_SIZE;
        }
    }
}
