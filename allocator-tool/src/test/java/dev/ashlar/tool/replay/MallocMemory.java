package dev.ashlar.tool.replay;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Memory that is not executable, with a record of its live objects: for tests of the replay itself. */
class MallocMemory implements BlockMemory {

    private final Map<Long, Arena> live = new HashMap<>();
    private int allocations;
    private int writes;

    @Override
    public synchronized long allocate(int slot, long byteSize) {
        Arena arena = Arena.ofShared();
        long address = arena.allocate(byteSize, 16).address();
        live.put(address, arena);
        allocations++;
        return address;
    }

    @Override
    public synchronized void write(long address, MemorySegment source, long byteSize) {
        MemorySegment.copy(source, 0, RawMemory.EVERYTHING, address, byteSize);
        writes++;
    }

    @Override
    public synchronized void free(int slot, long address, long byteSize) {
        live.remove(address).close();
    }

    @Override
    public synchronized void close() {
        live.values().forEach(Arena::close);
        live.clear();
    }

    synchronized int liveCount() {
        return live.size();
    }

    synchronized int allocationCount() {
        return allocations;
    }

    synchronized int writeCount() {
        return writes;
    }
}
