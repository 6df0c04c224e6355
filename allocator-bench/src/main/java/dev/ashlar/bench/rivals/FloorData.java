package dev.ashlar.bench.rivals;

import dev.ashlar.DataHeap;

/**
 * The least that any allocator of data in Java must do for a block: know a place of its size. No check, no thread but
 * one, no memory ever given back or cut up for another size; on the pages that a heap of ours has. What a target leaves
 * above it is all that an allocator has to work with.
 */
final class FloorData implements DataMemory {

    private static final long CHUNK_BYTES = 32 << 20;

    private final DataHeap heap = DataHeap.create();
    private final FreePlaces free = new FreePlaces();
    private long next;
    private long end;

    @Override
    public String label() {
        return "floor";
    }

    @Override
    public long allocate(int slot, long byteSize) {
        long place = free.take(byteSize);
        return place != 0 ? place : place(FreePlaces.byteSizeOf(byteSize));
    }

    private long place(long byteSize) {
        if (next + byteSize > end) {
            next = heap.addresses().allocate(CHUNK_BYTES);
            end = next + CHUNK_BYTES;
        }
        long address = next;
        next += byteSize;
        return address;
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        free.give(address, byteSize);
    }

    @Override
    public void close() {
        heap.close();
    }
}
