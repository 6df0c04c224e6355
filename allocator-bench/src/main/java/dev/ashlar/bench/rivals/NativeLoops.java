package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.MemoryRefusedException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Rivals driven by loops in C++ instead of by Java: what they take when no downcall is between them and their caller.
 * Compiled on first use.
 */
public final class NativeLoops {

    private static final String NEEDS = "a C++ compiler (Debian: apt-get install g++)";

    private static final FunctionDescriptor REPLACE = FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS,
            ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS);
    private static final FunctionDescriptor PAIR = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG,
            JAVA_LONG, JAVA_LONG);

    private final MethodHandle replace;
    private final MethodHandle pair;

    private NativeLoops(SharedLibrary library) {
        replace = link(library.function("ashlar_replace"), REPLACE);
        pair = link(library.function("ashlar_pair_in"), PAIR);
    }

    /**
     * Compiles and loads the loops.
     *
     * @throws RivalUnavailableException if there is no compiler
     */
    public static NativeLoops load() {
        Path file = ShimCompiler.ofThisHost().compile("native_loops.cpp", NEEDS);
        return new NativeLoops(SharedLibrary.open(file.toString(), NEEDS));
    }

    /**
     * The draws of a replacement.
     *
     * @param byteSizes 32-bit numbers, a power of two of them
     * @param victims as many 32-bit numbers: the block that makes room
     * @param count how many
     */
    public record Drawn(MemorySegment byteSizes, MemorySegment victims, long count) {}

    /**
     * Frees random blocks and writes new ones in their place.
     *
     * @param library whose: "malloc" for the C library, "jemalloc" or "mimalloc"
     * @param cells address and size of each live block, 64-bit numbers
     * @param drawn what happens next
     * @param cursor the draw before the first
     * @param times how often
     * @param payload what is written
     * @return the last draw used
     * @throws RivalUnavailableException if the library is not on this host
     */
    public long replace(String library, MemorySegment cells, Drawn drawn, long cursor, long times,
            MemorySegment payload) {
        Malloc functions = malloc(library);
        try {
            long last = (long) replace.invokeExact(functions.allocate(), functions.free(), cells, drawn.byteSizes(),
                    drawn.victims(), drawn.count() - 1, cursor, times, payload);
            if (last < 0) {
                throw new MemoryRefusedException(library, "no memory");
            }
            return last;
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /**
     * Allocates a block of asmjit's and frees it.
     *
     * @param allocator from {@link #openAsmjit()}
     * @param byteSize its size
     * @param times how often
     */
    public void pair(long allocator, long byteSize, long times) {
        AsmjitShim functions = AsmjitShim.functions();
        try {
            int failed = (int) pair.invokeExact(functions.allocate(), functions.release(), allocator, byteSize,
                    times);
            if (failed != 0) {
                throw new MemoryRefusedException("asmjit", "no memory");
            }
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /**
     * {@return a new JitAllocator as it comes; it is kept until the process ends}
     *
     * @throws RivalUnavailableException if asmjit is not on this host
     */
    public static long openAsmjit() {
        return Downcalls.requireMemory("asmjit",
                new OrdinaryAsmjit(AsmjitShim.functions()).open(Asmjit.Mapping.SINGLE));
    }

    private static Malloc malloc(String name) {
        return switch (name) {
            case "malloc" -> Malloc.ofTheProcess();
            case "jemalloc" -> Malloc.jemalloc();
            case "mimalloc" -> Malloc.mimalloc();
            default -> throw new IllegalArgumentException("no such malloc: name=" + name);
        };
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(MemorySegment function, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(function, descriptor);
    }
}
