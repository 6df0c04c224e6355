package dev.ashlar.examples.path;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import java.lang.foreign.MemorySegment;

/** POKE: code is mapped once, read+execute. The kernel writes it, through {@code /proc/self/mem}. */
public final class PokeExample {
    private PokeExample() {}

    /** Writes a function to a buffer, which is copied by one system call when it is published. */
    public static void main(String[] arguments) throws Throwable {
        if (!Answer.isX86()) {
            return;
        }
        try (CodeHeap heap = CodeHeap.builder().writePath(WritePath.POKE).build()) {
            CodeBlock block = heap.allocate(Answer.of(42).length);
            block.writable().copyFrom(MemorySegment.ofArray(Answer.of(42)));
            block.publish();

            IO.println("the function returns " + (int) block.bind(Answer.FUNCTION).invokeExact());
            block.free();
            IO.println("calls of mprotect: " + heap.stats().mprotectCallCount());
        } catch (AshlarException refused) {
            // A kernel can forbid such writes: proc_mem.force_override=never.
            IO.println("skipped: " + refused.getMessage());
        }
    }
}
