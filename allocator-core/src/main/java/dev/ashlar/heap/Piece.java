package dev.ashlar.heap;

import dev.ashlar.slab.Holder;

/** A block that the engine itself or a unit of the front holds: where it lies, and how it is given back. */
public final class Piece {
    private final Space space;
    private final long offset;

    /** Holds a block that was taken already. */
    Piece(Space space, long offset) {
        this.space = space;
        this.offset = offset;
    }

    /** Takes a block. */
    public Piece(Space space, long byteSize, long byteAlignment) {
        this.space = space;
        // Last: an Error after this would lose the block.
        this.offset = space.take(byteSize, byteAlignment, Holder.OBJECT);
    }

    /** {@return the space that it was taken from} */
    public Space space() {
        return space;
    }

    /** {@return its first byte, as an offset in the space} */
    public long offset() {
        return offset;
    }

    /** {@return its first address} */
    public long address() {
        return space.base() + offset;
    }

    /** {@return the bytes that it may use} */
    public long usableByteSize() {
        return space.blocks().usableByteSize(offset);
    }

    /** Frees it. Pre: it is live, and the caller has checked that the heap is open. */
    public void free() {
        space.release(offset);
    }
}
