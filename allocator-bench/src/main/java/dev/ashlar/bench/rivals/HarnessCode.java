package dev.ashlar.bench.rivals;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * No allocator at all: blocks follow each other in a small ring and overlap. Shows what a benchmark costs without the
 * memory that it measures. What is written there cannot run. For one thread.
 */
final class HarnessCode implements BlockMemory {

    private static final long RING_BYTES = 1 << 18;
    private static final long LARGEST_BLOCK_BYTES = 1 << 20;
    private static final long ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final long base = arena.allocate(RING_BYTES + LARGEST_BLOCK_BYTES, ALIGNMENT).address();
    private long offset;

    @Override
    public String label() {
        return "harness";
    }

    @Override
    public long allocate(long byteSize) {
        offset = offset + byteSize & RING_BYTES - ALIGNMENT;
        return base + offset;
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
        // Nothing was taken.
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
