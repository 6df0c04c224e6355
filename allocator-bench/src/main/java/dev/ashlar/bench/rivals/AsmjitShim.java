package dev.ashlar.bench.rivals;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code asmjit_shim.cpp}, compiled and loaded on first use.
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

    private static @Nullable AsmjitShim loaded;

    /**
     * {@return the functions}
     *
     * @throws RivalUnavailableException if the compiler or asmjit is not installed
     */
    static synchronized AsmjitShim functions() {
        AsmjitShim functions = loaded;
        if (functions == null) {
            Path file = ShimCompiler.ofHost().compile("asmjit_shim.cpp", NEEDS, "-lasmjit");
            SharedLibrary library = SharedLibrary.open(file.toString(), NEEDS);
            functions = new AsmjitShim(library.function("ashlar_asmjit_open"),
                    library.function("ashlar_asmjit_allocate"), library.function("ashlar_asmjit_writable"),
                    library.function("ashlar_asmjit_release"), library.function("ashlar_asmjit_close"));
            loaded = functions;
        }
        return functions;
    }
}
