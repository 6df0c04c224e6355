package dev.ashlar.bench.probe;

import dev.ashlar.report.HeapStats;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.workload.WorkerThreads;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A memory, which ignores slots, whose blocks another thread frees: {@value #BATCH} blocks together. */
final class RemoteFrees implements BlockMemory {

    private static final int BATCH = 256;

    private final BlockMemory memory;
    private final WorkerThreads freeing = new WorkerThreads("freeing", 1);
    private final long[] addresses = new long[BATCH];
    private final long[] byteSizes = new long[BATCH];
    private int count;

    RemoteFrees(BlockMemory memory) {
        this.memory = memory;
    }

    @Override
    public long allocate(int slot, long byteSize) {
        return memory.allocate(slot, byteSize);
    }

    @Override
    public void write(long address, MemorySegment source, long byteSize) {
        memory.write(address, source, byteSize);
    }

    @Override
    public void publish(long address, long byteSize) {
        memory.publish(address, byteSize);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        addresses[count] = address;
        byteSizes[count] = byteSize;
        if (++count == BATCH) {
            freeing.run(1, this::freeAll);
        }
    }

    private int freeAll(int task) {
        while (count > 0) {
            count--;
            memory.free(addresses[count], byteSizes[count]);
        }
        return task;
    }

    @Override
    public Optional<HeapStats> stats() {
        return memory.stats();
    }

    @Override
    public void close() {
        freeing.run(1, this::freeAll);
        freeing.close();
        memory.close();
    }
}
