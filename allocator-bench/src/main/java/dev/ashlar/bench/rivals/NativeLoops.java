package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.MemoryRefusedException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Drives rivals by loops in C++, without a downcall for each operation. Compiled on first use. */
public final class NativeLoops {

    private static final String NEEDS = "a C++ compiler (Debian: apt-get install g++)";

    private static final MethodHandle REPLACE = Downcalls.ordinary(FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS));
    private static final MethodHandle PAIR = Downcalls.ordinary(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS,
            JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private final MemorySegment replace;
    private final MemorySegment pair;

    private NativeLoops(SharedLibrary library) {
        replace = library.function("ashlar_replace");
        pair = library.function("ashlar_pair_in");
    }

    /**
     * Compiles and loads the loops.
     *
     * @throws RivalUnavailableException if there is no compiler
     */
    public static NativeLoops load() {
        Path file = ShimCompiler.ofHost().compile("native_loops.cpp", NEEDS);
        return new NativeLoops(SharedLibrary.open(file.toString(), NEEDS));
    }

    /**
     * The draws of a replacement.
     *
     * @param byteSizes 32-bit numbers; their count is a power of two
     * @param victims as many 32-bit numbers: the block to replace
     */
    public record Drawn(MemorySegment byteSizes, MemorySegment victims) {}

    /**
     * Frees random blocks and writes new ones in their place.
     *
     * @param library "malloc" for the C library, "jemalloc" or "mimalloc"
     * @param cells address and size of each live block, 64-bit numbers
     * @param drawn the sizes and victims
     * @param cursor the draw before the first
     * @param times the number of replacements
     * @param payload the contents of a block
     * @return the last draw used
     * @throws RivalUnavailableException if the library is not on this host
     */
    public long replace(String library, MemorySegment cells, Drawn drawn, long cursor, long times,
            MemorySegment payload) {
        MallocMemory.Functions functions = switch (library) {
            case "malloc" -> MallocMemory.Functions.ofProcess();
            case "jemalloc" -> MallocMemory.Functions.jemalloc();
            case "mimalloc" -> MallocMemory.Functions.mimalloc();
            default -> throw new IllegalArgumentException("unknown C allocator: name=" + library);
        };
        long drawMask = drawn.byteSizes().byteSize() / Integer.BYTES - 1;
        try {
            long last = (long) REPLACE.invokeExact(replace, functions.allocate(), functions.free(), cells,
                    drawn.byteSizes(), drawn.victims(), drawMask, cursor, times, payload);
            if (last < 0) {
                throw new MemoryRefusedException(library, "no memory");
            }
            return last;
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /**
     * Allocates and frees a block of asmjit.
     *
     * @param allocator from {@link #openAsmjit()}
     * @param byteSize its size
     * @param times the number of pairs
     */
    public void pair(long allocator, long byteSize, long times) {
        AsmjitShim functions = AsmjitShim.functions();
        try {
            int failed = (int) PAIR.invokeExact(pair, functions.allocate(), functions.release(), allocator, byteSize,
                    times);
            if (failed != 0) {
                throw new MemoryRefusedException("asmjit", "no memory");
            }
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /**
     * {@return a new JitAllocator with its defaults, which lives until the process ends}
     *
     * @throws RivalUnavailableException if asmjit is not on this host
     */
    public static long openAsmjit() {
        return AsmjitMemory.openAllocator(AsmjitMemory.Mapping.SINGLE);
    }
}
