package dev.ashlar.examples.lifetime;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.examples.path.Answer;
import dev.ashlar.report.BlockStateException;

/** Unmanaged: you free the block, when you know that no thread runs in it. */
public final class UnmanagedExample {
    private UnmanagedExample() {}

    /** Frees a block, and tries to do so again. */
    public static void main(String[] arguments) throws Throwable {
        if (!Answer.isX86()) {
            return;
        }
        try (CodeHeap heap = CodeHeap.create()) {
            CodeBlock block = heap.define(Answer.of(42));
            IO.println("the function returns " + (int) block.bind(Answer.FUNCTION).invokeExact());
            block.free();
            try {
                block.free();
            } catch (BlockStateException refused) {
                IO.println("the second free is refused, and changes nothing");
            }
        }
    }
}
