package dev.ashlar.heap;

/**
 * A block that the engine itself or a unit of the front holds: where it lies, and how it is given back.
 *
 * @param space the space that it was taken from
 * @param offset its first byte, as an offset in the space
 */
public record Piece(Space space, long offset) {

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
