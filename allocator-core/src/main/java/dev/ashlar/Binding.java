package dev.ashlar;

import dev.ashlar.heap.Lifetime;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Objects;

/** Links method handles to code of a heap. */
final class Binding {
    private Binding() {}

    /** {@return a handle of the code at an offset in the heap's first space, of that many bytes} */
    @SuppressWarnings("restricted")
    static MethodHandle link(
            Lifetime life, long offset, long byteSize, FunctionDescriptor function, Linker.Option... options) {
        Objects.requireNonNull(function, "function");
        Objects.requireNonNull(options, "options");
        return life.keepingHeap(
                Linker.nativeLinker().downcallHandle(life.target(offset, byteSize), function, options));
    }
}
