package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.MemoryRefusedException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * Method handles for the functions of native rivals. The function itself is the first argument of each handle: a handle
 * in a static final field is compiled to a plain call, whichever library the function comes from.
 */
final class Downcalls {

    /** {@code void* allocate(size_t)}, with addresses as numbers. */
    static final FunctionDescriptor ALLOCATE = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG);

    /** {@code void free(void*)}. */
    static final FunctionDescriptor FREE = FunctionDescriptor.ofVoid(JAVA_LONG);

    /** {@code void* open(int)}. */
    static final FunctionDescriptor OPEN = FunctionDescriptor.of(JAVA_LONG, JAVA_INT);

    /** {@code void* allocate(void* allocator, size_t, void** writable)}. */
    static final FunctionDescriptor ALLOCATE_IN = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /** {@code void* writable(void* allocator, void* address)}. */
    static final FunctionDescriptor WRITABLE = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /** {@code unsigned release(void* allocator, void* address)}. */
    static final FunctionDescriptor RELEASE = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);

    private Downcalls() {}

    /** {@return a handle that works for any function} */
    static MethodHandle ordinary(FunctionDescriptor function) {
        return link(function);
    }

    /** {@return a handle without a change of the thread's state, for short functions} */
    static MethodHandle critical(FunctionDescriptor function) {
        return link(function, Linker.Option.critical(false));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(FunctionDescriptor function, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(function, options);
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
