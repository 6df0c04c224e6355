package dev.ashlar.bench.rivals;

import java.lang.foreign.Arena;

/**
 * No allocator at all: a block's place follows from its slot, and blocks overlap. Shows what a benchmark costs without
 * the memory that it measures.
 */
final class HarnessData implements DataMemory {

    /** Small enough for the second-level cache, large enough that neighbouring slots do not share a line. */
    private static final long PLACE_BYTES = 1 << 18;

    private static final long STRIDE_BYTES = 1 << 8;

    private static final long LARGEST_BLOCK_BYTES = 1 << 20;

    private final Arena arena = Arena.ofShared();
    private final long base = arena.allocate(PLACE_BYTES + LARGEST_BLOCK_BYTES, 64).address();

    @Override
    public String label() {
        return "harness";
    }

    @Override
    public long allocate(int slot, long byteSize) {
        return base + (slot * STRIDE_BYTES & PLACE_BYTES - 1);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        // Nothing was taken.
    }

    @Override
    public void close() {
        arena.close();
    }
}
