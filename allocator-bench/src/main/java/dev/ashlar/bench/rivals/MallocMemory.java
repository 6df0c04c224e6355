package dev.ashlar.bench.rivals;

import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** A C allocator. The subclasses differ only in their method handles, which are constants of the JIT compiler. */
abstract sealed class MallocMemory implements BlockMemory {

    final MemorySegment allocate;
    final MemorySegment free;

    private MallocMemory(Malloc functions) {
        this.allocate = functions.allocate();
        this.free = functions.free();
    }

    /** {@return the allocator through ordinary downcalls, as a Java program gets them by default} */
    static MallocMemory ordinary(Malloc functions) {
        return new Ordinary(functions);
    }

    /**
     * {@return the allocator through downcalls that do not change the state of the Java thread}
     *
     * <p>They are faster, but delay every safepoint while the allocator or the kernel works.
     */
    static MallocMemory critical(Malloc functions) {
        return new Critical(functions);
    }

    abstract long malloc(long byteSize) throws Throwable;

    abstract void release(long address) throws Throwable;

    @Override
    public long allocate(int slot, long byteSize) {
        try {
            return Downcalls.requireMemory("malloc", malloc(byteSize));
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        try {
            release(address);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void close() {
        // The allocator belongs to the process and cannot find the live blocks.
    }

    private static final class Ordinary extends MallocMemory {

        private static final MethodHandle ALLOCATE = Downcalls.ordinary(Downcalls.ALLOCATE);
        private static final MethodHandle FREE = Downcalls.ordinary(Downcalls.FREE);

        Ordinary(Malloc functions) {
            super(functions);
        }

        @Override
        long malloc(long byteSize) throws Throwable {
            return (long) ALLOCATE.invokeExact(allocate, byteSize);
        }

        @Override
        void release(long address) throws Throwable {
            FREE.invokeExact(free, address);
        }
    }

    private static final class Critical extends MallocMemory {

        private static final MethodHandle ALLOCATE = Downcalls.critical(Downcalls.ALLOCATE);
        private static final MethodHandle FREE = Downcalls.critical(Downcalls.FREE);

        Critical(Malloc functions) {
            super(functions);
        }

        @Override
        long malloc(long byteSize) throws Throwable {
            return (long) ALLOCATE.invokeExact(allocate, byteSize);
        }

        @Override
        void release(long address) throws Throwable {
            FREE.invokeExact(free, address);
        }
    }
}
