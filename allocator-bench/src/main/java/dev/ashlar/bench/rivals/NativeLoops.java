package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.Payload;
import dev.ashlar.tool.workload.SizeMix;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Drives rivals by loops in C++, without a downcall for each operation. The loops are compiled on first use, and live
 * with all that they use until the process ends. Each method throws {@link RivalUnavailableException} if the compiler
 * or the rival is not on this host.
 */
public final class NativeLoops {

    private static final String NEEDS = "a C++ compiler (Debian: apt-get install g++)";

    private static final MethodHandle REPLACE = Downcalls.ordinary(FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS));
    private static final MethodHandle PAIR = Downcalls.ordinary(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS,
            JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private NativeLoops() {}

    /**
     * {@return a loop that replaces random blocks as often as it is asked to; all blocks are live}
     *
     * @param library "malloc" for the C library, "jemalloc" or "mimalloc"
     * @param live the number of live blocks
     */
    public static LongConsumer replacements(String library, int live) {
        MallocMemory.Functions functions = MallocMemory.Functions.of(library);
        MemorySegment loop = loop("ashlar_replace");
        // The address and the size of each block.
        MemorySegment cells = Arena.global().allocate(JAVA_LONG, 2L * live);
        Draws draws = new Draws(SizeMix.MIXED, live, 0);
        int[] byteSizes = new int[draws.count()];
        int[] victims = new int[draws.count()];
        for (int draw = 0; draw < draws.count(); draw++) {
            draws.advance();
            byteSizes[draw] = draws.byteSize();
            victims[draw] = draws.victim();
        }
        MemorySegment sizes = Arena.global().allocateFrom(JAVA_INT, byteSizes);
        MemorySegment random = Arena.global().allocateFrom(JAVA_INT, victims);
        // Fills the blocks in order; to free a null pointer does nothing.
        MemorySegment inOrder = Arena.global().allocateFrom(JAVA_INT, IntStream.range(0, live).toArray());
        replace(loop, functions, cells, sizes, inOrder, -1, live);
        long[] cursor = {0};
        return times -> cursor[0] = replace(loop, functions, cells, sizes, random, cursor[0], times);
    }

    /** Reads sizes and victims after the cursor, cyclically. Returns the last draw used. */
    private static long replace(MemorySegment loop, MallocMemory.Functions functions, MemorySegment cells,
            MemorySegment byteSizes, MemorySegment victims, long cursor, long times) {
        long drawMask = byteSizes.byteSize() / Integer.BYTES - 1;
        try {
            long last = (long) REPLACE.invokeExact(loop, functions.allocate(), functions.free(), cells, byteSizes,
                    victims, drawMask, cursor, times, Payload.CODE);
            if (last < 0) {
                throw new MemoryRefusedException("C allocator", "no memory");
            }
            return last;
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /** {@return a loop that allocates and frees a block of asmjit as often as it is asked to} */
    public static LongConsumer asmjitPairs(long byteSize) {
        MemorySegment loop = loop("ashlar_pair_in");
        AsmjitMemory.Functions functions = AsmjitMemory.Functions.load();
        long allocator = functions.openAllocator(false);
        return times -> {
            try {
                int failed = (int) PAIR.invokeExact(loop, functions.allocate(), functions.release(), allocator,
                        byteSize, times);
                if (failed != 0) {
                    throw new MemoryRefusedException("asmjit", "no memory");
                }
            } catch (Throwable thrown) {
                throw Downcalls.unchecked(thrown);
            }
        };
    }

    private static MemorySegment loop(String function) {
        return ShimCompiler.library("native_loops.cpp", NEEDS).function(function);
    }
}
