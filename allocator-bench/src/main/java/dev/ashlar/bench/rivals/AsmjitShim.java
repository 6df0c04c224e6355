package dev.ashlar.bench.rivals;

import java.lang.foreign.MemorySegment;

/**
 * The functions of {@code asmjit_shim.cpp}.
 *
 * @param open {@code void* (int dualMapping)}
 * @param allocate {@code void* (void* allocator, size_t byteSize, void** writable)}
 * @param writable {@code void* (void* allocator, void* address)}
 * @param release {@code unsigned (void* allocator, void* address)}
 * @param close {@code void (void* allocator)}
 */
record AsmjitShim(MemorySegment open, MemorySegment allocate, MemorySegment writable, MemorySegment release,
        MemorySegment close) {

    static final String NEEDS = "a C++ compiler and asmjit (Debian: apt-get install g++ libasmjit-dev)";

    /**
     * Loads the functions; compiles them on first use.
     *
     * @throws RivalUnavailableException if the compiler or asmjit is not installed
     */
    static AsmjitShim load() {
        String file = ShimCompiler.ofHost().compile("asmjit_shim.cpp", NEEDS, "-lasmjit").toString();
        SharedLibrary library = SharedLibrary.open(file, NEEDS);
        return new AsmjitShim(library.function("ashlar_asmjit_open"), library.function("ashlar_asmjit_allocate"),
                library.function("ashlar_asmjit_writable"), library.function("ashlar_asmjit_release"),
                library.function("ashlar_asmjit_close"));
    }

    /** {@return a new JitAllocator, with its memory mapped twice or once} */
    long openAllocator(boolean dualMapping) {
        try {
            return Downcalls.requireMemory("asmjit", (long) AsmjitMemory.OPEN.invokeExact(open, dualMapping ? 1 : 0));
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }
}
