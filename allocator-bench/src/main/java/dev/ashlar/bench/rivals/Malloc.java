package dev.ashlar.bench.rivals;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * The two functions of a C allocator.
 *
 * @param allocate {@code void* malloc(size_t)}
 * @param free {@code void free(void*)}
 */
record Malloc(MemorySegment allocate, MemorySegment free) {

    static final String JEMALLOC_NEEDS = "libjemalloc.so.2 (Debian: apt-get install libjemalloc2)";
    static final String MIMALLOC_NEEDS = "libmimalloc.so.2 (Debian: apt-get install libmimalloc2.0)";

    /** {@return those that this process itself uses: the C library's, unless another one was preloaded} */
    static Malloc ofTheProcess() {
        var lookup = Linker.nativeLinker().defaultLookup();
        return new Malloc(lookup.findOrThrow("malloc"), lookup.findOrThrow("free"));
    }

    static Malloc jemalloc() {
        SharedLibrary library = SharedLibrary.open("libjemalloc.so.2", JEMALLOC_NEEDS);
        return new Malloc(library.function("malloc"), library.function("free"));
    }

    static Malloc mimalloc() {
        SharedLibrary library = SharedLibrary.open("libmimalloc.so.2", MIMALLOC_NEEDS);
        return new Malloc(library.function("mi_malloc"), library.function("mi_free"));
    }
}
