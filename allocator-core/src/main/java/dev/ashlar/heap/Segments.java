package dev.ashlar.heap;

import dev.ashlar.report.WrongAddressException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Blocks of a heap for data or secrets that are held by segments and arenas. Thread-safe. */
public final class Segments {
    private final Space space;
    private final OpenArenas arenas;
    private final Zeroing zeroing;
    private final MemorySegment writable;

    /** Makes the segments of a heap. Pre: it is no heap for code. */
    public Segments(Zones zones) {
        this.space = zones.first();
        this.arenas = zones.arenas();
        this.zeroing = new Zeroing(space);
        this.writable = zones.unmanaged().writable();
    }

    /** {@return what clears the blocks} */
    public Zeroing zeroing() {
        return zeroing;
    }

    /** {@return a new block, all zero, that lives until it is freed or the heap is closed} */
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        Arguments.requireNotNegative(byteSize);
        long offset = zeroing.take(Math.max(byteSize, 1), byteAlignment, Holder.OBJECT);
        try {
            return writable.asSlice(offset, byteSize);
        } catch (Throwable e) {
            space.undo(offset, Holder.OBJECT);
            throw e;
        }
    }

    /** Frees what {@link #allocate} returned, or a slice from its first byte on. */
    public void free(MemorySegment segment) {
        long address = segment.address();
        long offset = space.offsetOf("free", address);
        if (!segment.scope().equals(writable.scope())) {
            throw WrongAddressException.otherScope(space.heapName, address);
        }
        space.freeSegment(address, offset);
    }

    /** {@return a new arena for the current thread} */
    public Arena confinedArena() {
        return new ConfinedHeapArena(space, zeroing, arenas);
    }

    /** {@return a new arena for all threads} */
    public Arena sharedArena() {
        return new SharedHeapArena(space, zeroing, arenas);
    }
}
