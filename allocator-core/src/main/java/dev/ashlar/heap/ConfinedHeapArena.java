package dev.ashlar.heap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A {@link HeapArena} for the thread that opens it. Others are refused as by the arena of the JDK. */
final class ConfinedHeapArena extends HeapArena {
    private final Thread owner;

    ConfinedHeapArena(Space space, Zeroing zeroing, OpenArenas arenas) {
        Thread current = Thread.currentThread();
        this.owner = current;
        super(space, zeroing, Arena.ofConfined(), arenas, current);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a subclass of Thread may have its own idea of equality
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException("the arena belongs to " + owner + ", called by " + Thread.currentThread());
        }
        return take(byteSize, byteAlignment);
    }

    @Override
    public void close() {
        end();
    }
}
