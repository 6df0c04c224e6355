package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.replay.Trace;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.Payload;
import dev.ashlar.tool.workload.SizeMix;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.stream.IntStream;

/**
 * Drives rivals by loops in C++, without a downcall for each operation. The loops are compiled on first use, and live
 * with all that they use until the process ends. Each method throws {@link RivalUnavailableException} if the compiler
 * or the rival is not on this host.
 */
public final class NativeLoops {

    private static final String NEEDS = "a C++ compiler (Debian: apt-get install g++)";
    private static final int OPERATIONS_PER_RUN = 5_000;

    private static final MethodHandle REPLACE = Downcalls.ordinary(FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS));
    private static final MethodHandle PAIR = Downcalls.ordinary(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS,
            JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle REPLAY = Downcalls.ordinary(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS,
            JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle FREE_SURVIVORS = Downcalls.ordinary(FunctionDescriptor.ofVoid(ADDRESS,
            JAVA_LONG, ADDRESS, JAVA_LONG));

    private NativeLoops() {}

    /**
     * A loop that can run again and again.
     *
     * @param operationCount the operations of one run
     * @param run runs the loop
     * @param afterRun returns to the state before the run; is not part of its time
     */
    public record Loop(long operationCount, Runnable run, Runnable afterRun) {}

    /** A call of a loop that returns 0, or not 0 if there is no memory. */
    private interface Call {
        long invoke() throws Throwable;
    }

    /**
     * {@return a loop that replaces random blocks; all blocks are live}
     *
     * @param library "malloc" for the C library, "jemalloc" or "mimalloc"
     * @param live the number of live blocks
     */
    public static Loop replacements(String library, int live) {
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
        return new Loop(OPERATIONS_PER_RUN, () -> cursor[0] = replace(loop, functions, cells, sizes, random, cursor[0],
                OPERATIONS_PER_RUN), () -> {});
    }

    /** Reads sizes and victims after the cursor, cyclically. Returns the last draw used. */
    private static long replace(MemorySegment loop, MallocMemory.Functions functions, MemorySegment cells,
            MemorySegment byteSizes, MemorySegment victims, long cursor, long times) {
        long drawMask = byteSizes.byteSize() / Integer.BYTES - 1;
        long[] last = {0};
        call(() -> {
            last[0] = (long) REPLACE.invokeExact(loop, functions.allocate(), functions.free(), cells, byteSizes,
                    victims, drawMask, cursor, times, Payload.CODE);
            return Math.min(0, last[0]);
        });
        return last[0];
    }

    /**
     * {@return a loop that allocates and frees a block}
     *
     * @param asmjit "asmjit", or "asmjit-fill" for one that fills
     */
    public static Loop pairs(String asmjit, long byteSize) {
        MemorySegment loop = loop("ashlar_pair_in");
        AsmjitMemory.Functions functions = AsmjitMemory.Functions.load();
        long allocator = functions.openAllocator(setting(asmjit));
        return new Loop(OPERATIONS_PER_RUN, () -> call(() -> (int) PAIR.invokeExact(loop, functions.allocate(),
                functions.release(), allocator, byteSize, (long) OPERATIONS_PER_RUN)), () -> {});
    }

    /**
     * {@return a loop that replays a trace; every object is written}
     *
     * @param asmjit "asmjit", or "asmjit-fill" for one that fills
     */
    public static Loop replay(String asmjit, Trace trace) {
        MemorySegment loop = loop("ashlar_replay_in");
        MemorySegment freeSurvivors = loop("ashlar_free_survivors");
        AsmjitMemory.Functions functions = AsmjitMemory.Functions.load();
        long allocator = functions.openAllocator(setting(asmjit));
        Arena arena = Arena.global();
        MemorySegment events = arena.allocateFrom(JAVA_INT,
                IntStream.range(0, trace.eventCount()).map(trace::event).toArray());
        MemorySegment byteSizes = arena.allocateFrom(JAVA_INT,
                IntStream.range(0, trace.allocationCount()).map(trace::byteSize).toArray());
        MemorySegment addresses = arena.allocate(ADDRESS, trace.allocationCount());
        MemorySegment contents = arena.allocate(trace.byteSizeMax(), 64);
        return new Loop(trace.eventCount(),
                () -> call(() -> (int) REPLAY.invokeExact(loop, functions.allocate(), functions.release(), allocator,
                        events, (long) trace.eventCount(), byteSizes, addresses, contents)),
                () -> call(() -> {
                    FREE_SURVIVORS.invokeExact(freeSurvivors, functions.release(), allocator, addresses,
                            (long) trace.allocationCount());
                    return 0;
                }));
    }

    private static AsmjitMemory.Setting setting(String asmjit) {
        return switch (asmjit) {
            case "asmjit" -> AsmjitMemory.Setting.PLAIN;
            case "asmjit-fill" -> AsmjitMemory.Setting.FILL;
            default -> throw new IllegalArgumentException("unknown setting of asmjit: name=" + asmjit);
        };
    }

    private static void call(Call call) {
        try {
            if (call.invoke() != 0) {
                throw new MemoryRefusedException("the allocator of a loop in C++", "no memory");
            }
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    private static MemorySegment loop(String function) {
        return ShimCompiler.library("native_loops.cpp", NEEDS).function(function);
    }
}
