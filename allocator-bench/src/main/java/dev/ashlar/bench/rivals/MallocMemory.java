package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.Function;

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

    /** Opens the allocator of a library; see {@link Functions#of}. */
    MallocMemory(String library, Downcalls.Mode mode) {
        Functions functions = Functions.of(library);
        this.allocate = functions.allocate();
        this.free = functions.free();
        this.critical = mode == Downcalls.Mode.CRITICAL;
    }

    /** The functions {@code void* malloc(size_t)} and {@code void free(void*)} of an allocator. */
    record Functions(MemorySegment allocate, MemorySegment free) {

        /**
         * {@return those of a library}
         *
         * @param library "jemalloc", "mimalloc", or "malloc" for those of this process: of the C library, unless
         *     another allocator was preloaded
         * @throws RivalUnavailableException if the library is not installed
         */
        static Functions of(String library) {
            return switch (library) {
                case "malloc" -> of(Linker.nativeLinker().defaultLookup()::findOrThrow, "");
                case "jemalloc" -> of(open("libjemalloc.so.2", "libjemalloc2")::function, "");
                case "mimalloc" -> of(open("libmimalloc.so.2", "libmimalloc2.0")::function, "mi_");
                default -> throw new IllegalArgumentException("unknown C allocator: name=" + library);
            };
        }

        private static SharedLibrary open(String soname, String debianPackage) {
            return SharedLibrary.open(soname, soname + " (Debian: apt-get install " + debianPackage + ")");
        }

        private static Functions of(Function<String, MemorySegment> lookup, String prefix) {
            return new Functions(lookup.apply(prefix + "malloc"), lookup.apply(prefix + "free"));
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
