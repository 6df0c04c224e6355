package dev.ashlar.bench.rivals;

import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** A C allocator. The subclasses differ only in their method handles, which are constants of the JIT compiler. */
abstract sealed class MallocMemory implements BlockMemory {

    /**
     * The functions of an allocator.
     *
     * @param allocate {@code void* malloc(size_t)}
     * @param free {@code void free(void*)}
     */
    record Functions(MemorySegment allocate, MemorySegment free) {

        /** {@return those of this process: of the C library, unless another allocator was preloaded} */
        static Functions ofProcess() {
            var lookup = Linker.nativeLinker().defaultLookup();
            return new Functions(lookup.findOrThrow("malloc"), lookup.findOrThrow("free"));
        }

        static Functions jemalloc() {
            return of(SharedLibrary.open("libjemalloc.so.2", "libjemalloc.so.2 (Debian: apt-get install libjemalloc2)"),
                    "");
        }

        static Functions mimalloc() {
            return of(SharedLibrary.open("libmimalloc.so.2",
                    "libmimalloc.so.2 (Debian: apt-get install libmimalloc2.0)"), "mi_");
        }

        private static Functions of(SharedLibrary library, String prefix) {
            return new Functions(library.function(prefix + "malloc"), library.function(prefix + "free"));
        }
    }

    final MemorySegment allocate;
    final MemorySegment free;

    private MallocMemory(Functions functions) {
        this.allocate = functions.allocate();
        this.free = functions.free();
    }

    /** {@return the allocator through ordinary downcalls, as a Java program gets them by default} */
    static MallocMemory ordinary(Functions functions) {
        return new Ordinary(functions);
    }

    /**
     * {@return the allocator through downcalls that do not change the state of the Java thread}
     *
     * <p>They are faster, but delay every safepoint while the allocator or the kernel works.
     */
    static MallocMemory critical(Functions functions) {
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

        Ordinary(Functions functions) {
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

        Critical(Functions functions) {
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
