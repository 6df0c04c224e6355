package dev.ashlar.bench.rivals;

import dev.ashlar.DataHeap;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * The minimal work of any allocator in Java: find a free place of the right size, and for code, fill freed places with
 * traps. It has one stack of free places for each size. It checks nothing, serves one thread, and never reuses memory
 * for another size. A target above this floor leaves the difference to the allocator.
 */
final class Floor implements BlockMemory {

    private static final int GRANULE_LOG2 = 6;
    private static final long BLOCK_BYTES_MAX = 1 << 20;
    private static final long CHUNK_BYTES = 32 << 20;
    private static final byte TRAP = (byte) 0xf4;

    private final LongUnaryOperator chunks;
    private final MemorySegment traps;
    private final Runnable closer;
    private final long[][] freePlaces = new long[granuleCount(BLOCK_BYTES_MAX) + 1][];
    private final int[] freeCounts = new int[freePlaces.length];
    private long next;
    private long end;

    private Floor(LongUnaryOperator chunks, MemorySegment traps, Runnable closer) {
        this.chunks = chunks;
        this.traps = traps;
        this.closer = closer;
    }

    /** {@return a floor on small pages, which fills freed places with traps} */
    static Floor ofCode() {
        Arena arena = Arena.ofShared();
        return new Floor(byteSize -> arena.allocate(byteSize, 64).address(),
                arena.allocate(BLOCK_BYTES_MAX).fill(TRAP), arena::close);
    }

    /** {@return a floor on the pages of a data heap} */
    static Floor ofData() {
        DataHeap heap = DataHeap.create();
        return new Floor(heap.addresses()::allocate, MemorySegment.NULL, heap::close);
    }

    @Override
    public long allocate(int slot, long byteSize) {
        int granules = granuleCount(byteSize);
        if (freeCounts[granules] > 0) {
            return freePlaces[granules][--freeCounts[granules]];
        }
        long placeBytes = (long) granules << GRANULE_LOG2;
        if (next + placeBytes > end) {
            next = chunks.applyAsLong(CHUNK_BYTES);
            end = next + CHUNK_BYTES;
        }
        long address = next;
        next += placeBytes;
        return address;
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        if (traps.byteSize() > 0) {
            MemorySegment.copy(traps, 0, RawMemory.EVERYTHING, address, byteSize);
        }
        int granules = granuleCount(byteSize);
        long[] stack = freePlaces[granules];
        if (stack == null) {
            stack = new long[16];
        } else if (freeCounts[granules] == stack.length) {
            stack = Arrays.copyOf(stack, 2 * stack.length);
        }
        freePlaces[granules] = stack;
        stack[freeCounts[granules]++] = address;
    }

    private static int granuleCount(long byteSize) {
        return (int) ((byteSize + (1 << GRANULE_LOG2) - 1) >> GRANULE_LOG2);
    }

    @Override
    public void close() {
        closer.run();
    }
}
