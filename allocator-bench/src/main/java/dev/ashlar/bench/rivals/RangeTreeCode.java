package dev.ashlar.bench.rivals;

import dev.ashlar.bench.rangetree.RangeTreePlacement;
import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MappingPerFunction;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A range tree of free space instead of buddy and slab. Like a {@link dev.ashlar.CodeHeap} it writes code and fills
 * freed code with traps, but in plain memory. It does not check a wrong free, and serves one thread.
 */
final class RangeTreeCode implements BlockMemory {

    private static final long CAPACITY = 1L << 30;
    private static final MemorySegment TRAPS = Arena.global().allocate(1 << 20).fill((byte) 0xcc);

    // The kernel zeroes a page when it is first written, so to open the memory costs little.
    private final BlockMemory mapping = new MappingPerFunction(Libc.system());
    private final long base = mapping.allocate(CAPACITY);
    private final RangeTreePlacement placement = new RangeTreePlacement(CAPACITY);

    @Override
    public long allocate(int slot, long byteSize) {
        return base + placement.allocate(byteSize);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        MemorySegment.copy(TRAPS, 0, RawMemory.EVERYTHING, address, byteSize);
        placement.free(address - base, byteSize);
    }

    @Override
    public void close() {
        mapping.free(base, CAPACITY);
    }
}
