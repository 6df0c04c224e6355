package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** A C allocator. It belongs to the process, and cannot find the live blocks. */
final class MallocMemory implements BlockMemory {

    private static final FunctionDescriptor ALLOCATE = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor FREE = FunctionDescriptor.ofVoid(JAVA_LONG);

    private static final MethodHandle ORDINARY_ALLOCATE = Downcalls.ordinary(ALLOCATE);
    private static final MethodHandle ORDINARY_FREE = Downcalls.ordinary(FREE);
    private static final MethodHandle CRITICAL_ALLOCATE = Downcalls.critical(ALLOCATE);
    private static final MethodHandle CRITICAL_FREE = Downcalls.critical(FREE);

    private final MemorySegment allocate;
    private final MemorySegment free;
    private final boolean critical;

    MallocMemory(Functions functions, Downcalls.Mode mode) {
        this.allocate = functions.allocate();
        this.free = functions.free();
        this.critical = mode == Downcalls.Mode.CRITICAL;
    }

    /** The functions {@code void* malloc(size_t)} and {@code void free(void*)} of an allocator. */
    record Functions(MemorySegment allocate, MemorySegment free) {

        /** {@return those of this process: of the C library, unless another allocator was preloaded} */
        static Functions ofProcess() {
            var lookup = Linker.nativeLinker().defaultLookup();
            return new Functions(lookup.findOrThrow("malloc"), lookup.findOrThrow("free"));
        }

        static Functions jemalloc() {
            return of("libjemalloc.so.2", "libjemalloc2", "");
        }

        static Functions mimalloc() {
            return of("libmimalloc.so.2", "libmimalloc2.0", "mi_");
        }

        private static Functions of(String soname, String debianPackage, String prefix) {
            SharedLibrary library = SharedLibrary.open(soname,
                    soname + " (Debian: apt-get install " + debianPackage + ")");
            return new Functions(library.function(prefix + "malloc"), library.function(prefix + "free"));
        }
    }

    @Override
    public long allocate(int slot, long byteSize) {
        try {
            return Downcalls.requireMemory("malloc", critical
                    ? (long) CRITICAL_ALLOCATE.invokeExact(allocate, byteSize)
                    : (long) ORDINARY_ALLOCATE.invokeExact(allocate, byteSize));
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        try {
            if (critical) {
                CRITICAL_FREE.invokeExact(free, address);
            } else {
                ORDINARY_FREE.invokeExact(free, address);
            }
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }
}
