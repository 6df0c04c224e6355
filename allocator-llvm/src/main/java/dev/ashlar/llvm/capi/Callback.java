package dev.ashlar.llvm.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Java methods as C functions. An exception that leaves such a method ends the JVM, so each catches all. */
public final class Callback {
    private Callback() {}

    /**
     * Makes a C function of a method.
     *
     * @param lookup sees the method
     * @param target the object whose method is called
     * @param method its name
     * @param function the signature, as C has it
     * @param life how long the function is there
     * @return its address
     */
    @SuppressWarnings("restricted")
    public static MemorySegment of(
            MethodHandles.Lookup lookup, Object target, String method, FunctionDescriptor function, Arena life) {
        try {
            return Linker.nativeLinker()
                    .upcallStub(lookup.bind(target, method, function.toMethodType()), function, life);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method, e);
        }
    }
}
