package dev.ashlar.bench.rivals;

import dev.ashlar.bench.rangetree.RangeTreePlacement;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A range tree of free space instead of buddy and slab: it writes code and fills freed code with traps, as ours does,
 * in plain memory. It does not check a wrong free, serves one thread, and nothing can run there.
 */
final class RangeTreeCode implements BlockMemory {

    private static final long CAPACITY = 1L << 30;
    private static final long LARGEST_BLOCK_BYTES = 1 << 20;
    private static final byte TRAP = (byte) 0xcc;

    private final Arena arena = Arena.ofShared();
    private final long base = arena.allocate(CAPACITY, 64).address();
    private final MemorySegment traps = arena.allocate(LARGEST_BLOCK_BYTES).fill(TRAP);
    private final RangeTreePlacement placement = new RangeTreePlacement(CAPACITY);

    @Override
    public String label() {
        return "range-tree";
    }

    @Override
    public long allocate(long byteSize) {
        return base + placement.allocate(byteSize);
    }

    @Override
    public void write(long address, MemorySegment source, long byteSize) {
        MemorySegment.copy(source, 0, RawMemory.EVERYTHING, address, byteSize);
    }

    @Override
    public void publish(long address, long byteSize) {
        // Nothing runs here.
    }

    @Override
    public void free(long address, long byteSize) {
        MemorySegment.copy(traps, 0, RawMemory.EVERYTHING, address, byteSize);
        placement.free(address - base, byteSize);
    }

    @Override
    public long mprotectCallCount() {
        return 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
