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

    /** {@return the allocator of this process: that of the C library, unless another one was preloaded} */
    static Malloc ofProcess() {
        var lookup = Linker.nativeLinker().defaultLookup();
        return new Malloc(lookup.findOrThrow("malloc"), lookup.findOrThrow("free"));
    }

    static Malloc jemalloc() {
        SharedLibrary library = SharedLibrary.open("libjemalloc.so.2",
                "libjemalloc.so.2 (Debian: apt-get install libjemalloc2)");
        return new Malloc(library.function("malloc"), library.function("free"));
    }

    static Malloc mimalloc() {
        SharedLibrary library = SharedLibrary.open("libmimalloc.so.2",
                "libmimalloc.so.2 (Debian: apt-get install libmimalloc2.0)");
        return new Malloc(library.function("mi_malloc"), library.function("mi_free"));
    }
}
