package dev.ashlar.bench.rivals;

import dev.ashlar.DataAddresses;
import dev.ashlar.DataHeap;
import dev.ashlar.report.HeapStats;
import java.util.Optional;

/** Ours, for data: a {@link DataHeap} through its address API. */
final class DataHeapMemory implements DataMemory {

    private final DataHeap heap;
    private final DataAddresses addresses;

    private DataHeapMemory(DataHeap heap) {
        this.heap = heap;
        this.addresses = heap.addresses();
    }

    static DataHeapMemory open() {
        return new DataHeapMemory(DataHeap.builder().name("bench").build());
    }

    @Override
    public String label() {
        return "ashlar";
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
