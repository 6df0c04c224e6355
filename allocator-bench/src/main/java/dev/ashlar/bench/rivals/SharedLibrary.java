package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Map;

/**
 * A library that stays loaded until the process ends, because an allocator cannot be unloaded safely. Unlike
 * {@link SymbolLookup}, it reports why a library cannot be loaded.
 */
record SharedLibrary(String name, SymbolLookup functions) {

    /**
     * jemalloc keeps more data per thread than glibc reserves for libraries that are loaded late. glibc reads this
     * variable when a process starts, so it must be in the environment of the JVM. A much larger value breaks threads
     * with small stacks.
     */
    static final Map<String, String> ROOM_FOR_THREAD_LOCALS = Map.of(
            "GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=8192");

    private static final int RTLD_NOW = 2;

    private static final MethodHandle DLOPEN = Downcalls.ordinary(FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle DLERROR = Downcalls.ordinary(FunctionDescriptor.of(ADDRESS));

    /**
     * Loads a library.
     *
     * @param name a soname, which ld.so(8) looks up, or a path
     * @param needs what must be installed
     * @throws RivalUnavailableException if it cannot be loaded
     */
    @SuppressWarnings("restricted")
    static SharedLibrary open(String name, String needs) {
        try {
            return new SharedLibrary(name, SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException withoutReason) {
            throw refused(reason(name), needs);
        }
    }

    /** {@return the address of a function of this library; functions of other libraries are not considered} */
    MemorySegment function(String symbol) {
        return functions.find(symbol)
                .orElseThrow(() -> new RivalUnavailableException(name + " has no function " + symbol));
    }

    private static RivalUnavailableException refused(String error, String needs) {
        boolean lacksRoom = error.contains("static TLS") && ROOM_FOR_THREAD_LOCALS.entrySet().stream().anyMatch(
                variable -> !System.getenv().getOrDefault(variable.getKey(), "").contains(variable.getValue()));
        return new RivalUnavailableException(error
                + (lacksRoom ? ". Start the JVM with " + ROOM_FOR_THREAD_LOCALS : ". Needs " + needs));
    }

    /** Loads a library that cannot be loaded again, because only dlerror(3) says why. */
    @SuppressWarnings("restricted")
    private static String reason(String name) {
        SymbolLookup process = Linker.nativeLinker().defaultLookup();
        MemorySegment dlopen = process.findOrThrow("dlopen");
        // Found first, because any use of the loader replaces the reason.
        MemorySegment dlerror = process.findOrThrow("dlerror");
        try (Arena arena = Arena.ofConfined()) {
            var _ = (MemorySegment) DLOPEN.invokeExact(dlopen, arena.allocateFrom(name), RTLD_NOW);
            var message = (MemorySegment) DLERROR.invokeExact(dlerror);
            return message.address() == 0 ? "unknown error" : message.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }
}
