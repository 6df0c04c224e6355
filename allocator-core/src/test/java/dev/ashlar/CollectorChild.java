package dev.ashlar;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapExhaustedException;

/** Fills a heap with collected code that it drops, in a child JVM. */
final class CollectorChild {
    private static final int REGION = 2 << 20;
    private static final int BLOCK = 64 << 10;

    private CollectorChild() {}

    public static void main(String[] arguments) {
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).capacity(REGION).build();
        try {
            fillEightTimes(heap);
        } catch (HeapExhaustedException full) {
            System.out.println(full);
        }
    }

    /** Takes eight times what a heap of one region has room for, in blocks that are dropped at once. */
    static void fillEightTimes(CodeHeap heap) {
        for (int index = 0; index < 8 * REGION / BLOCK; index++) {
            heap.collected().allocate(BLOCK).publish();
        }
    }
}
