package dev.ashlar.heap;

import dev.ashlar.memory.Temperature;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;

/**
 * A write path at work in one zone: how blocks are taken, written and published there.
 *
 * <p>Thread-safe. The callers have checked that the heap is open; an implementation that changes permissions checks it
 * again under the lock.
 */
abstract sealed class Publishing permits Aliased, Poked, InPlace {
    final OpenZone open;
    final Healing healing;

    Publishing(OpenZone open) {
        this.open = open;
        this.healing = new Healing(open);
    }

    /**
     * {@return whether a caller writes to a buffer, because no view of the block can be written until it is published}
     */
    abstract boolean isStaged();

    /**
     * Takes a block that the current thread has not parked.
     *
     * @return its offset, or -1 if there is no room
     */
    long take(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        return open.blocks.allocate(byteSize, log2Alignment, temperature, holder);
    }

    /**
     * Overwrites part of a block.
     *
     * @throws IllegalStateException if the heap is being closed
     */
    abstract void write(String action, long offset, MemorySegment source, long sourceOffset, long byteSize);

    /** Makes a block callable. The caller has ordered the writes to it before this call. */
    void publish(long offset) {}

    /** Publishes a block that is held by its address. Pre: {@code space} is the one that this object serves. */
    void publishAt(Space space, long address) {
        publish(space.startOf("publish", address));
    }

    /** Throws if callers cannot write the byte at {@code offset} through an address. */
    void requireAddressToWrite(String action, long offset) {}
}
