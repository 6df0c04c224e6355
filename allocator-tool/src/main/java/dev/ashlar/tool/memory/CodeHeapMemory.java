package dev.ashlar.tool.memory;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Temperature;
import dev.ashlar.report.HeapStats;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A {@link CodeHeap} used through addresses. */
public final class CodeHeapMemory implements BlockMemory {

    /** The alignment of an allocation without a hint. */
    private static final long ALIGNMENT = 16;

    private final CodeHeap heap;
    private final CodeAddresses addresses;

    /** Takes over the heap: {@link #close()} closes it. */
    public CodeHeapMemory(CodeHeap heap) {
        this.heap = heap;
        this.addresses = heap.addresses();
    }

    @Override
    public long allocate(int slot, long byteSize) {
        return addresses.allocate(byteSize);
    }

    @Override
    public long allocate(long byteSize, Temperature temperature) {
        return addresses.allocate(byteSize, ALIGNMENT, temperature);
    }

    @Override
    public void write(long address, MemorySegment source, long byteSize) {
        addresses.write(address, 0, source, 0, byteSize);
    }

    @Override
    public void publish(long address, long byteSize) {
        addresses.publish(address);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        addresses.free(address);
    }

    @Override
    public long mprotectCallCount() {
        return heap.stats().mprotectCallCount();
    }

    @Override
    public Optional<HeapStats> stats() {
        return Optional.of(heap.stats());
    }

    @Override
    public long committedByteSize() {
        return heap.committedByteSize();
    }

    @Override
    public void close() {
        heap.close();
    }
}
