package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;

/**
 * A library loaded by dlopen(3). Unlike {@link java.lang.foreign.SymbolLookup}, it reports why a library cannot be
 * loaded. The library stays loaded until the process ends, because an allocator cannot be unloaded safely.
 */
final class SharedLibrary {

    /**
     * jemalloc keeps more data per thread than glibc reserves for libraries that are loaded late. glibc reads this
     * variable when a process starts, so it must be in the environment of the JVM. A much larger value breaks threads
     * with small stacks.
     */
    static final Map<String, String> ROOM_FOR_THREAD_LOCALS = Map.of(
            "GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=8192");

    private static final int RTLD_NOW = 2;

    private static final MethodHandle DLOPEN = link("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle DLSYM = link("dlsym", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle DLERROR = link("dlerror", FunctionDescriptor.of(ADDRESS));

    private final String name;
    private final MemorySegment handle;

    private SharedLibrary(String name, MemorySegment handle) {
        this.name = name;
        this.handle = handle;
    }

    /**
     * Loads a library.
     *
     * @param name a soname, which ld.so(8) looks up, or a path
     * @param needs what must be installed
     * @throws RivalUnavailableException if it cannot be loaded
     */
    static SharedLibrary open(String name, String needs) {
        try (Arena arena = Arena.ofConfined()) {
            var handle = (MemorySegment) DLOPEN.invokeExact(arena.allocateFrom(name), RTLD_NOW);
            if (handle.address() != 0) {
                return new SharedLibrary(name, handle);
            }
            throw refused(lastError(), needs);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /** {@return the address of a function of this library; functions of other libraries are not considered} */
    MemorySegment function(String symbol) {
        try (Arena arena = Arena.ofConfined()) {
            var function = (MemorySegment) DLSYM.invokeExact(handle, arena.allocateFrom(symbol));
            if (function.address() == 0) {
                throw new RivalUnavailableException(name + " has no function " + symbol);
            }
            return function;
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    private static RivalUnavailableException refused(String error, String needs) {
        boolean lacksRoom = error.contains("static TLS") && ROOM_FOR_THREAD_LOCALS.entrySet().stream().anyMatch(
                variable -> !System.getenv().getOrDefault(variable.getKey(), "").contains(variable.getValue()));
        return new RivalUnavailableException(error
                + (lacksRoom ? ". Start the JVM with " + ROOM_FOR_THREAD_LOCALS : ". Needs " + needs));
    }

    @SuppressWarnings("restricted")
    private static String lastError() throws Throwable {
        var message = (MemorySegment) DLERROR.invokeExact();
        return message.address() == 0 ? "unknown error" : message.reinterpret(Long.MAX_VALUE).getString(0);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String function, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), descriptor);
    }
}
