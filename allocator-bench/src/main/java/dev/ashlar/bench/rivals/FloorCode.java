package dev.ashlar.bench.rivals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The least that any allocator of code in Java must do for a block: know a place of its size, copy the code, and fill
 * the place with traps when it is freed. A stack of free places for each size, and nothing else: no check, no thread
 * but one, no memory ever given back or cut up for another size, no execution. What a target leaves above it is all
 * that an allocator has to work with.
 */
final class FloorCode implements CodeMemory {

    private static final long CAPACITY = 1L << 30;
    private static final int LOG2_GRANULE = 6;
    private static final long GRANULE = 1L << LOG2_GRANULE;
    private static final long LARGEST_BLOCK_BYTES = 1 << 20;
    private static final byte TRAP = (byte) 0xcc;

    private final Arena arena = Arena.ofShared();
    private final long base = arena.allocate(CAPACITY, GRANULE).address();
    private final MemorySegment traps = arena.allocate(LARGEST_BLOCK_BYTES).fill(TRAP);
    private final long[][] free = new long[(int) (LARGEST_BLOCK_BYTES >> LOG2_GRANULE) + 1][];
    private final int[] freeCount = new int[free.length];
    private long used;

    @Override
    public String label() {
        return "floor";
    }

    @Override
    public long allocate(long byteSize) {
        int size = sizeOf(byteSize);
        if (freeCount[size] > 0) {
            return free[size][--freeCount[size]];
        }
        long address = base + used;
        used += (long) size << LOG2_GRANULE;
        if (used > CAPACITY) {
            throw new RivalException("floor", "more than " + CAPACITY + " bytes");
        }
        return address;
    }

    private static int sizeOf(long byteSize) {
        return (int) ((byteSize + GRANULE - 1) >> LOG2_GRANULE);
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
        int size = sizeOf(byteSize);
        long[] places = free[size];
        if (places == null) {
            places = new long[16];
        } else if (freeCount[size] == places.length) {
            places = Arrays.copyOf(places, 2 * places.length);
        }
        free[size] = places;
        places[freeCount[size]++] = address;
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
