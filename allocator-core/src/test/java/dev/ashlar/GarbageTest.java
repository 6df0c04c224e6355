package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No call of the address API makes a Java object, after the JVM has compiled it. */
class GarbageTest {
    private static final int BLOCK_COUNT = 100_000;
    private static final int WARM_UP_COUNT = 5;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(ints = {50, 700, 5000})
    void allocatingWritingPublishingAndFreeingMakesNoGarbage(int byteSize) {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(byteSize);
            MemorySegment.copy(NativeCode.returning(1), 0, bytes, ValueLayout.JAVA_BYTE, 0, 6);
            CodeAddresses code = heap.addresses();
            long[] ring = new long[64];
            for (int round = 0; round < WARM_UP_COUNT; round++) {
                churn(code, ring, bytes);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            churn(code, ring, bytes);
            long garbage = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(garbage / (double) BLOCK_COUNT).as("bytes per block").isLessThan(0.5);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    private static void churn(CodeAddresses code, long[] ring, MemorySegment bytes) {
        for (int index = 0; index < BLOCK_COUNT; index++) {
            int place = index % ring.length;
            if (ring[place] != 0) {
                code.free(ring[place]);
            }
            long address = code.allocate(bytes.byteSize());
            code.write(address, 0, bytes, 0, bytes.byteSize());
            code.publish(address);
            ring[place] = address;
        }
        for (int place = 0; place < ring.length; place++) {
            code.free(ring[place]);
            ring[place] = 0;
        }
    }
}
