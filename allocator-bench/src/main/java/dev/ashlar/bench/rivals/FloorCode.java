package dev.ashlar.bench.rivals;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The least that any allocator of code in Java must do for a block: know a place of its size, copy the code, and fill
 * the place with traps when it is freed. A stack of free places for each size, and nothing else: no check, no thread
 * but one, no memory ever given back or cut up for another size, no execution. What a target leaves above it is all
 * that an allocator has to work with.
 */
final class FloorCode implements BlockMemory {

    private static final long CAPACITY = 1L << 30;
    private static final long LARGEST_BLOCK_BYTES = 1 << 20;
    private static final byte TRAP = (byte) 0xcc;

    private final Arena arena = Arena.ofShared();
    private final long base = arena.allocate(CAPACITY, 64).address();
    private final MemorySegment traps = arena.allocate(LARGEST_BLOCK_BYTES).fill(TRAP);
    private final FreePlaces free = new FreePlaces();
    private long used;

    @Override
    public String label() {
        return "floor";
    }

    @Override
    public long allocate(long byteSize) {
        long place = free.take(byteSize);
        if (place != 0) {
            return place;
        }
        long address = base + used;
        used += FreePlaces.byteSizeOf(byteSize);
        if (used > CAPACITY) {
            throw new MemoryRefusedException("floor", "more than " + CAPACITY + " bytes");
        }
        return address;
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
        free.give(address, byteSize);
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
