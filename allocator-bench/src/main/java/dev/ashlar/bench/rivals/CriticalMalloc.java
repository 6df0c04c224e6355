package dev.ashlar.bench.rivals;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A C allocator through downcalls that do not change the state of the Java thread. Faster, but no safepoint passes
 * while the allocator works, however long the kernel keeps it.
 */
final class CriticalMalloc implements DataMemory {

    // Constant handles, so that a call is compiled to a plain one; the function is an argument like any other.
    private static final MethodHandle ALLOCATE = Downcalls.critical(Downcalls.ALLOCATE);
    private static final MethodHandle FREE = Downcalls.critical(Downcalls.FREE);

    private final String label;
    private final MemorySegment allocate;
    private final MemorySegment free;

    CriticalMalloc(String label, Malloc functions) {
        this.label = label;
        this.allocate = functions.allocate();
        this.free = functions.free();
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public long allocate(int slot, long byteSize) {
        try {
            return Downcalls.requireMemory(label, (long) ALLOCATE.invokeExact(allocate, byteSize));
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        try {
            FREE.invokeExact(free, address);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void close() {
        // The allocator is the process's; it finds no block of ours again.
    }
}
