package dev.ashlar.examples.path;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.WritePath;
import java.lang.foreign.MemorySegment;

/** ALIAS: code is mapped twice, written through one mapping and run in the other. No system call publishes it. */
public final class AliasExample {
    private AliasExample() {}

    /** Writes a function through the writable mapping, and patches it after it was published. */
    public static void main(String[] arguments) throws Throwable {
        if (!Answer.isX86()) {
            return;
        }
        try (CodeHeap heap = CodeHeap.builder().writePath(WritePath.ALIAS).build()) {
            CodeBlock block = heap.allocate(Answer.of(42).length);
            MemorySegment writable = block.writable();
            writable.copyFrom(MemorySegment.ofArray(Answer.of(42)));
            IO.println("runs where it is written: " + (writable.address() == block.address()));
            block.publish();

            var function = block.bind(Answer.FUNCTION);
            IO.println("the function returns " + (int) function.invokeExact());
            // The immediate of mov: 4 bytes at offset 1. Only this path can change published code.
            block.patch(1, 43, 4);
            IO.println("patched, it returns " + (int) function.invokeExact());
            block.free();
            IO.println("calls of mprotect: " + heap.stats().mprotectCallCount());
        }
    }
}
