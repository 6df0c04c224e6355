package dev.ashlar.tool.memory;

import dev.ashlar.DataAddresses;
import dev.ashlar.DataHeap;
import dev.ashlar.report.HeapStats;
import java.util.Optional;

/** A {@link DataHeap} used through addresses. */
public final class DataHeapMemory implements BlockMemory {

    private final DataHeap heap;
    private final DataAddresses addresses;

    /** Takes over the heap: {@link #close()} closes it. */
    public DataHeapMemory(DataHeap heap) {
        this.heap = heap;
        this.addresses = heap.addresses();
    }

    @Override
    public long allocate(int slot, long byteSize) {
        return addresses.allocate(byteSize);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        addresses.free(address);
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
