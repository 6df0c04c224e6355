package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.nativetable.NativeTable;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Functions that asmjit assembles in C++, one by one, writes, calls and frees: in the memory of its own JitRuntime,
 * mapped twice, or in a heap through the table of functions. The memory lives until the process ends.
 */
public final class AssembledFunctions {
    private static final int FUNCTIONS_PER_RUN = 5_000;

    private static final MethodHandle OPEN =
            Downcalls.ordinary(FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
    private static final MethodHandle RUN =
            Downcalls.ordinary(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_LONG));
    private static final MethodHandle FLUSH = Downcalls.ordinary(FunctionDescriptor.of(JAVA_INT, ADDRESS));

    private final SharedLibrary library;
    private final MemorySegment memory;

    private AssembledFunctions(SharedLibrary library, MemorySegment memory) {
        this.library = library;
        this.memory = memory;
    }

    /** Where the functions live, by the numbers of {@code assembled.cpp}. */
    public enum Place {
        /** In asmjit's own memory. */
        OWN(0),
        /** In a heap, by one call of the table for each allocation and each free. */
        CALLS(1),
        /** In a heap, by the cache of the header, which makes a call for many. */
        CACHE(2);

        private final int number;

        Place(int number) {
            this.number = number;
        }

        /** {@return the place of a contender} */
        public static Place of(String memory) {
            return switch (memory) {
                case "ashlar" -> CACHE;
                case "ashlar-calls" -> CALLS;
                case "asmjit-dual" -> OWN;
                default -> throw new IllegalArgumentException("unknown memory for assembled functions: " + memory);
            };
        }
    }

    /**
     * {@return functions in a place}
     *
     * @param place where they live
     * @param table the table of the heap; not used for asmjit's own memory
     * @throws RivalUnavailableException if the compiler or asmjit is not installed
     */
    public static AssembledFunctions open(Place place, NativeTable table) {
        SharedLibrary library = ShimCompiler.libraryAfter(
                NativeTable.header(), "assembled.cpp", AsmjitMemory.Functions.NEEDS, "-lasmjit");
        try {
            MemorySegment memory = (MemorySegment) OPEN.invokeExact(
                    library.function("ashlar_assembled_open"), place.number, table.segment());
            Downcalls.requireMemory("asmjit", memory.address());
            return new AssembledFunctions(library, memory);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /**
     * {@return a loop that makes functions and calls each of them once}
     *
     * @param live the number of functions that are live meanwhile, which it replaces at random
     * @param argument of the calls: the functions count up to it
     */
    public NativeLoops.Loop loop(int live, int argument) {
        MemorySegment cells = Arena.global().allocate(ADDRESS, Math.max(1, live));
        MemorySegment run = library.function("ashlar_assembled_run");
        return new NativeLoops.Loop(FUNCTIONS_PER_RUN, () -> run(run, cells, live, argument), () -> {});
    }

    private void run(MemorySegment run, MemorySegment cells, long live, int argument) {
        try {
            int failed = (int) RUN.invokeExact(run, memory, cells, live, argument, (long) FUNCTIONS_PER_RUN);
            if (failed != 0) {
                throw new IllegalStateException("step " + failed + " of assembled.cpp failed");
            }
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /** Gives back what a cache holds; it can be used again. */
    public void flush() {
        try {
            int status = (int) FLUSH.invokeExact(library.function("ashlar_assembled_flush"), memory);
            if (status != 0) {
                throw new IllegalStateException("a free failed with status " + status);
            }
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }
}
