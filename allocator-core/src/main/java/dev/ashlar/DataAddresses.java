package dev.ashlar;

import dev.ashlar.heap.Space;
import dev.ashlar.heap.Zeroing;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Holder;

/**
 * The blocks of a {@link DataHeap} held by raw addresses, for callers who keep their own records: no call creates a
 * Java object, except to throw.
 *
 * <p>A block taken here is used and freed here. A second free is found until the address is handed out again. An
 * address does not keep its memory: after the heap is closed or the block is freed, an access may reach another block,
 * or end the JVM. All methods may be called by any thread. Each throws {@link HeapClosedException} after the heap is
 * closed.
 */
public final class DataAddresses {
    private final Space space;
    private final Zeroing zeroing;
    private final long base;

    DataAddresses(Space space, Zeroing zeroing) {
        this.space = space;
        this.zeroing = zeroing;
        this.base = space.base();
    }

    /**
     * Takes a block, aligned to 16 bytes. Its contents are undefined.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @return its first address; the caller frees it
     * @throws IllegalArgumentException if the size is out of range
     * @throws HeapExhaustedException if there is no room
     */
    public long allocate(long byteSize) {
        return base + space.take(byteSize, Holder.ADDRESS);
    }

    /**
     * Takes a block at an aligned address. Its contents are undefined.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link DataHeap#LARGEST_ALIGNMENT}
     * @return its first address; the caller frees it
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     */
    public long allocate(long byteSize, long byteAlignment) {
        return base + space.take(byteSize, byteAlignment, Holder.ADDRESS);
    }

    /**
     * Takes a block, aligned to 16 bytes, whose first {@code byteSize} bytes are zero.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @return its first address; the caller frees it
     * @throws IllegalArgumentException if the size is out of range
     * @throws HeapExhaustedException if there is no room
     */
    public long allocateZeroed(long byteSize) {
        return allocateZeroed(byteSize, BlockStore.MINIMUM_ALIGNMENT);
    }

    /**
     * Takes a block at an aligned address, whose first {@code byteSize} bytes are zero.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link DataHeap#LARGEST_ALIGNMENT}
     * @return its first address; the caller frees it
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     */
    public long allocateZeroed(long byteSize, long byteAlignment) {
        return base + zeroing.take(byteSize, byteAlignment, Holder.ADDRESS);
    }

    /**
     * Frees a block; its memory may be used again.
     *
     * @param address the block's first address
     * @throws WrongAddressException if no block held by its address starts there
     */
    public void free(long address) {
        space.freeAt(address);
    }

    /**
     * {@return the bytes that a block may use: those asked for, rounded up to its place}
     *
     * @param address the first address of a live block, however it is held
     * @throws WrongAddressException if no live block starts there
     */
    public long usableByteSize(long address) {
        return space.usableByteSize(address);
    }

    /**
     * {@return the first address of the live block that contains {@code address}, or 0 if none does}
     *
     * @param address any address; one outside the heap is contained in no block
     */
    public long blockContaining(long address) {
        return space.blockContaining(address);
    }
}
