package dev.ashlar.heap;

import dev.ashlar.memory.Temperature;
import dev.ashlar.slab.Holder;

/** A block that the engine itself or a unit of the front holds: where it lies, and how it is given back. */
public final class Piece {
    private static final long NONE = -1;

    private final Space space;
    private long offset = NONE;

    /** Prepares for a block of a space, so that nothing must be made after it is taken. */
    public Piece(Space space) {
        this.space = space;
    }

    /** Takes a block. */
    public Piece(Space space, long byteSize, long byteAlignment) {
        this.space = space;
        // Last: an Error after this would lose the block.
        this.offset = space.take(byteSize, byteAlignment, Holder.OBJECT);
    }

    /** Takes a block. Pre: there is none yet. */
    public void take(long byteSize, long byteAlignment) {
        take(byteSize, byteAlignment, Temperature.HOT);
    }

    /** Takes a block. Pre: there is none yet. */
    void take(long byteSize, long byteAlignment, Temperature temperature) {
        offset = space.take(byteSize, byteAlignment, temperature, Holder.OBJECT);
    }

    /**
     * Takes the free pages up to the end of a region. Pre: there is no block yet.
     *
     * @return whether there was room
     */
    boolean takeStretch(InPlace inPlace, long byteSize, int log2Alignment) {
        offset = inPlace.takeStretch(byteSize, log2Alignment);
        Observers observers = space.observers();
        if (observers != null && isTaken()) {
            try {
                observers.taken(space.zone().domain(), address(), byteSize);
            } catch (Throwable unrecorded) {
                observers.isIncomplete = true;
            }
        }
        return isTaken();
    }

    /** {@return whether there is a block} */
    boolean isTaken() {
        return offset >= 0;
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

    /** {@return the bytes of the block} */
    public long usableByteSize() {
        return isTaken() ? space.blocks().usableByteSize(offset) : 0;
    }

    /** {@return whether a part lies in the block} */
    public boolean contains(NamedPart part) {
        return part.address() - address() >= 0 && part.address() - address() < usableByteSize();
    }

    /** Frees the block, if there is one. Pre: it is live. */
    public void free() {
        if (isTaken()) {
            space.requireOpen();
            space.release(offset);
        }
    }

    /** Frees the block, if there is one, where no caller can try again. If that fails, the heap is damaged. */
    void undo() {
        if (isTaken()) {
            space.undo(offset, Holder.OBJECT);
        }
    }
}
