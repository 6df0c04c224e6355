package dev.ashlar.tool.cli;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Evidence;
import dev.ashlar.tool.code.ConstantFunction;
import java.nio.file.Path;

/** Calls code that was freed, in a heap with a symbol file. The arguments are the file and bytes of the block. */
final class CrashChild {
    private CrashChild() {}

    static void main(String[] arguments) {
        CodeHeap heap = CodeHeap.builder().name("stale").evidence(Evidence.NONE.symbolFile(Path.of(arguments[0])))
                .build();
        CodeBlock block = heap.define(new byte[Integer.parseInt(arguments[1])]);
        long address = block.address();
        block.free();
        // A large block is filled with traps when it is freed.
        ConstantFunction.call(address);
    }
}
