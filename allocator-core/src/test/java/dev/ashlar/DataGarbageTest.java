package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The garbage of each way to hold memory, after the JVM has compiled it. */
class DataGarbageTest {
    private static final int BLOCK_COUNT = 100_000;
    private static final int WARM_UP_COUNT = 6;
    /** A segment and its header. An arena's record of a block is much smaller. */
    private static final int SEGMENT_BYTE_SIZE = 64;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).build();

    @AfterEach
    void closeHeap() {
        assertThat(heap.stats().liveBlockCount()).isZero();
        heap.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 50, 256, 700, 5000})
    void addressesMakeNoGarbage(int byteSize) {
        DataAddresses data = heap.addresses();
        long[] ring = new long[64];
        assertThat(garbagePerBlock(round -> {
            int place = round % ring.length;
            if (ring[place] != 0) {
                data.free(ring[place]);
            }
            ring[place] = round % 2 == 0 ? data.allocate(byteSize) : data.allocateZeroed(byteSize);
        }))
                .isLessThan(0.5);
        for (long address : ring) {
            data.free(address);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 50, 256, 700, 5000})
    void anArenaMakesOneSegmentForEachPiece(int byteSize) {
        Arena[] arena = {heap.confinedArena()};
        assertThat(garbagePerBlock(round -> {
            if (round % 1000 == 0) {
                arena[0].close();
                arena[0] = heap.confinedArena();
            }
            arena[0].allocate(byteSize);
        }))
                .isLessThan(SEGMENT_BYTE_SIZE);
        arena[0].close();
    }

    private double garbagePerBlock(IntConsumer step) {
        for (int round = 0; round < WARM_UP_COUNT; round++) {
            churn(step);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        churn(step);
        return (threads.getCurrentThreadAllocatedBytes() - before) / (double) BLOCK_COUNT;
    }

    private static void churn(IntConsumer step) {
        for (int round = 0; round < BLOCK_COUNT; round++) {
            step.accept(round);
        }
    }
}
