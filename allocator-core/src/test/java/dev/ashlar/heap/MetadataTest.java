package dev.ashlar.heap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.MemoryDemand;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: the heap states the size of its own metadata truthfully. Method: the test measures the growth of the Java heap
 * while it builds heaps with many blocks.
 */
class MetadataTest {
    private static final int HEAP_COUNT = 24;

    @ParameterizedTest
    @ValueSource(ints = {16, 100, 700, 8000, 40_000})
    void theFigureIsTheGrowthOfTheJavaHeap(int byteSize) {
        CodeHeap[] heaps = new CodeHeap[HEAP_COUNT];
        try {
            long usedBefore = usedByteSize();
            for (int index = 0; index < HEAP_COUNT; index++) {
                heaps[index] =
                        CodeHeap.builder().memory(MemoryDemand.SMALL).capacity(16 << 20).build();
                fill(heaps[index].addresses(), byteSize);
            }
            long grown = usedByteSize() - usedBefore;
            long stated = 0;
            for (CodeHeap heap : heaps) {
                stated += heap.stats().metadataByteSize();
            }
            assertThat(stated).isCloseTo(grown, Percentage.withPercentage(15));
        } finally {
            for (CodeHeap heap : heaps) {
                if (heap != null) {
                    heap.close();
                }
            }
        }
    }

    private static void fill(CodeAddresses code, int byteSize) {
        for (long taken = 0; taken < 6 << 20; taken += byteSize) {
            code.allocate(byteSize);
        }
    }

    private static long usedByteSize() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int round = 0; round < 4; round++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
