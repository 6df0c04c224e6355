package dev.ashlar.tool.mappings;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.tool.memory.MappingPerFunction;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The plainest naive method: mmap read+write, copy, mprotect read+execute, munmap, for each function. */
final class MappingMethod implements PublishMethod {

    private final MappingPerFunction memory;
    private long committedByteSize;

    MappingMethod(SystemCalls calls) {
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
