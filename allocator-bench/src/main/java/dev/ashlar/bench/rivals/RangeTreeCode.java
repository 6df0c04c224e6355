package dev.ashlar.bench.rivals;

import dev.ashlar.bench.rangetree.RangeTreePlacement;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A range tree of free space instead of buddy and slab. Like a {@link dev.ashlar.CodeHeap} it writes code and fills
 * freed code with traps, but in plain memory. It does not check a wrong free, and serves one thread.
 */
final class RangeTreeCode implements BlockMemory {

    private static final long CAPACITY = 1L << 30;
    private static final long BLOCK_BYTES_MAX = 1 << 20;
    private static final byte TRAP = (byte) 0xcc;

    private final Arena arena = Arena.ofShared();
    private final long base = arena.allocate(CAPACITY, 64).address();
    private final MemorySegment traps = arena.allocate(BLOCK_BYTES_MAX).fill(TRAP);
    private final RangeTreePlacement placement = new RangeTreePlacement(CAPACITY);

    @Override
    public long allocate(int slot, long byteSize) {
        return base + placement.allocate(byteSize);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        MemorySegment.copy(traps, 0, RawMemory.EVERYTHING, address, byteSize);
        placement.free(address - base, byteSize);
    }

    @Override
    public void close() {
        arena.close();
    }
}
