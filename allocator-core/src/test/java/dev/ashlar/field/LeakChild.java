package dev.ashlar.field;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.MemoryDemand;

/** Closes a heap that records allocation sites, twice. */
final class LeakChild {
    private LeakChild() {}

    private static CodeBlock leak(CodeHeap heap) {
        return heap.allocate(100);
    }

    public static void main(String[] arguments) {
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).name("leaky")
                .evidence(Evidence.NONE.allocationSites()).build();
        for (int count = 0; count < 2; count++) {
            CodeBlock block = leak(heap);
            if (arguments[0].equals("free")) {
                block.free();
            }
        }
        heap.close();
        heap.close();
        System.out.println("closed");
    }
}
