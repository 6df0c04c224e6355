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
 * A library loaded by dlopen(3), with the reason where it is refused, which {@link java.lang.foreign.SymbolLookup} does
 * not tell. It stays loaded until the process ends: a memory allocator cannot be unloaded safely.
 */
final class SharedLibrary {

    /**
     * jemalloc keeps more data per thread than glibc sets aside for libraries that are loaded late. glibc reads this
     * when a process starts, so that it must be in the environment of the JVM. Much more breaks threads with small
     * stacks.
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
     * @param name a soname, to be found as ld.so(8) finds it, or a path
     * @param needs what has to be installed for it
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

    /** {@return the address of a function of this library, not of one of the same name elsewhere} */
    MemorySegment function(String symbol) {
        try (Arena arena = Arena.ofConfined()) {
            var function = (MemorySegment) DLSYM.invokeExact(handle, arena.allocateFrom(symbol));
            if (function.address() == 0) {
                throw RivalUnavailableException.onThisHost(name + " has no function " + symbol);
            }
            return function;
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    private static RivalUnavailableException refused(String error, String needs) {
        if (error.contains("static TLS") && !hasRoomForThreadLocals()) {
            return RivalUnavailableException.inThisJvm(error + ". Start the JVM with " + ROOM_FOR_THREAD_LOCALS);
        }
        return RivalUnavailableException.onThisHost(error + ". Needs " + needs);
    }

    private static boolean hasRoomForThreadLocals() {
        return ROOM_FOR_THREAD_LOCALS.entrySet().stream().allMatch(variable -> System.getenv()
                .getOrDefault(variable.getKey(), "").contains(variable.getValue()));
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
