package dev.ashlar.heap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/** A {@link HeapArena} for all threads, one at a time. */
final class SharedHeapArena extends HeapArena {
    private final ReentrantLock lock = new ReentrantLock();

    SharedHeapArena(Space space, Zeroing zeroing, OpenArenas arenas) {
        super(space, zeroing, Arena.ofShared(), arenas, arenas.enterTogether(space));
    }

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        lock.lock();
        try {
            return take(byteSize, byteAlignment);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            end();
        } finally {
            lock.unlock();
        }
    }
}
