package dev.ashlar.heap;

import dev.ashlar.region.SharedArenas;
import dev.ashlar.region.StackRoom;
import java.lang.foreign.MemorySegment;

/** A {@link HeapArena} for all threads, one at a time. */
final class SharedHeapArena extends HeapArena {
    private final Object lock;

    SharedHeapArena(Space space, Zeroing zeroing, OpenArenas arenas) {
        this.lock = new Object();
        super(space, zeroing, SharedArenas.open(), arenas, null);
    }

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        synchronized (lock) {
            return take(byteSize, byteAlignment);
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            StackRoom.require();
            end();
        }
    }
}
