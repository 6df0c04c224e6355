package dev.ashlar.bench.rivals;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeHeap;
import dev.ashlar.HeapStats;
import java.util.Optional;

/**
 * Ours, for data.
 *
 * <p>Until there is a heap for data, this is the writable view of a code heap: the same engine, with the filling of
 * freed code in every figure.
 */
final class DataHeapMemory implements DataMemory {

    private final CodeHeap heap;
    private final CodeAddresses addresses;
    /** From where a byte would run to where it is written; one for the heap. */
    private final long distance;

    private DataHeapMemory(CodeHeap heap) {
        this.heap = heap;
        this.addresses = heap.addresses();
        long probe = addresses.allocate(1);
        this.distance = addresses.writable(probe) - probe;
        addresses.free(probe);
    }

    static DataHeapMemory open() {
        return new DataHeapMemory(CodeHeap.builder().name("bench").capacity(CodeHeap.LARGEST_CAPACITY).build());
    }

    @Override
    public String label() {
        return "ashlar";
    }

    @Override
    public long allocate(int slot, long byteSize) {
        return addresses.allocate(byteSize) + distance;
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        addresses.free(address - distance);
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
