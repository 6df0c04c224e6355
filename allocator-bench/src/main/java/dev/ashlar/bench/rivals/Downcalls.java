package dev.ashlar.bench.rivals;

import dev.ashlar.tool.memory.MemoryRefusedException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * Method handles for the functions of native rivals. The function itself is the first argument of each handle: a handle
 * in a static final field is compiled to a plain call, whichever library the function comes from.
 */
final class Downcalls {

    private Downcalls() {}

    /** How Java calls a function. */
    enum Mode {
        /** As a Java program does by default. */
        ORDINARY,
        /**
         * Without a change of the thread's state: faster, but delays every safepoint while the allocator or the kernel
         * works.
         */
        CRITICAL
    }

    @SuppressWarnings("restricted")
    static MethodHandle ordinary(FunctionDescriptor function) {
        return Linker.nativeLinker().downcallHandle(function);
    }

    @SuppressWarnings("restricted")
    static MethodHandle critical(FunctionDescriptor function) {
        return Linker.nativeLinker().downcallHandle(function, Linker.Option.critical(false));
    }

    /** {@return the address, unless it is null} */
    static long requireMemory(String allocator, long address) {
        if (address == 0) {
            throw new MemoryRefusedException(allocator, "no memory");
        }
        return address;
    }

    /** Makes unchecked what a downcall threw: an exception of this package, or an error of the JVM. */
    static RuntimeException unchecked(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            default -> throw new AssertionError("a downcall threw", thrown);
        };
    }
}
