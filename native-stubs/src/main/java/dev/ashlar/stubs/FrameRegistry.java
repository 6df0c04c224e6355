package dev.ashlar.stubs;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The frames of generated code that the C++ runtime of this process knows: those of {@code __register_frame} in
 * libgcc_s.so.1. A description lasts until it is removed; its memory must last as long.
 *
 * <p>Thread-safe: libgcc has a lock.
 */
@SuppressWarnings("restricted")
public final class FrameRegistry {
    private static final String LIBRARY = "libgcc_s.so.1";

    private final MethodHandle register;
    private final MethodHandle deregister;

    private FrameRegistry(SymbolLookup library) {
        this.register = bind(library, "__register_frame");
        this.deregister = bind(library, "__deregister_frame");
    }

    /**
     * {@return the registry of this process}
     *
     * @throws UnsupportedPlatformException if the library cannot be loaded
     */
    public static FrameRegistry load() {
        try {
            return new FrameRegistry(SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
        } catch (IllegalArgumentException notFound) {
            throw new UnsupportedPlatformException("C++ exceptions cannot pass through generated code: " + LIBRARY
                    + " is not there. Install the runtime of GCC: package libgcc-s1 or libgcc");
        }
    }

    private static MethodHandle bind(SymbolLookup library, String name) {
        MemorySegment function = library.find(name).orElseThrow(() -> UnsupportedPlatformException.missingSymbol(name));
        return Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.ofVoid(ADDRESS));
    }

    /** Adds a description: the contents of .eh_frame, ended by a length of 0. */
    public void register(MemorySegment frames) {
        call(register, frames);
    }

    /** Removes a description. Pre: it was added. */
    public void deregister(MemorySegment frames) {
        call(deregister, frames);
    }

    private static void call(MethodHandle function, MemorySegment frames) {
        try {
            function.invokeExact(frames);
        } catch (Throwable unexpected) {
            throw new AssertionError("a function of libgcc threw", unexpected);
        }
    }
}
