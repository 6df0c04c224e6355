package dev.ashlar.bench.rivals;

import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.Arena;

/**
 * No allocator: the slot determines the address, and blocks overlap. It shows what a benchmark costs without the memory
 * that it measures.
 */
final class Harness implements BlockMemory {

    /** Small enough for the second-level cache. */
    private static final long RANGE_BYTES = 1 << 18;

    /** Large enough to keep neighbouring slots on different cache lines. */
    private static final long STRIDE_BYTES = 1 << 8;

    private static final long BLOCK_BYTES_MAX = 1 << 20;

    private final long base = Arena.global().allocate(RANGE_BYTES + BLOCK_BYTES_MAX, 64).address();

    @Override
    public long allocate(int slot, long byteSize) {
        return base + (slot * STRIDE_BYTES & RANGE_BYTES - 1);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        // Nothing was allocated.
    }
}
