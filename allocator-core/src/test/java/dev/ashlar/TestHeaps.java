package dev.ashlar;

import dev.ashlar.heap.Space;
import dev.ashlar.heap.Zones;
import dev.ashlar.stubs.SystemCalls;

/** Gives tests of the hidden packages the internals of a heap. */
// Tests are patched into the module, so they may use the types that it does not export.
@SuppressWarnings("exports")
public final class TestHeaps {
    private TestHeaps() {}

    /** {@return the builder, whose heap makes its system calls through {@code calls}} */
    public static CodeHeapBuilder over(SystemCalls calls, CodeHeapBuilder builder) {
        return builder.systemCalls(calls);
    }

    /** {@return the builder, whose heap makes its system calls through {@code calls}} */
    public static DataHeapBuilder over(SystemCalls calls, DataHeapBuilder builder) {
        return builder.systemCalls(calls);
    }

    /** {@return the builder, whose heap makes its system calls through {@code calls}} */
    public static SecretHeapBuilder over(SystemCalls calls, SecretHeapBuilder builder) {
        return builder.systemCalls(calls);
    }

    /** {@return the zones of a heap} */
    public static Zones zones(Heap heap) {
        return heap.zones();
    }

    /** {@return the space of a heap's first zone} */
    public static Space space(Heap heap) {
        return heap.space();
    }

    /** {@return the offset of a block in its zone} */
    public static long offset(CodeBlock block) {
        return block.offset();
    }
}
