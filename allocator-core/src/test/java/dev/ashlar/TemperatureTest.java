package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Temperature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Hot and cold code lie in separate regions if there is room. */
class TemperatureTest {
    private static final long REGION = 1L << 21;

    private static CodeHeap heap(int regionCount) {
        return CodeHeap.builder().capacity(regionCount * REGION).build();
    }

    private static long regionOf(CodeHeap heap, long address) {
        return (address - heap.report().address()) / REGION;
    }

    @Test
    void noRegionHoldsBothHotAndColdBlocks() {
        try (CodeHeap heap = heap(32)) {
            CodeAddresses addresses = heap.addresses();
            SplittableRandom random = new SplittableRandom(7);
            Set<Long> hotRegions = new HashSet<>();
            Set<Long> coldRegions = new HashSet<>();
            List<Long> live = new ArrayList<>();
            for (int step = 0; step < 20_000; step++) {
                boolean isCold = random.nextInt(10) != 0;
                long byteSize = random.nextInt(50) == 0 ? random.nextInt(1, 60_000) : random.nextInt(1, 2000);
                long block = addresses.allocate(byteSize, 16, isCold ? Temperature.COLD : Temperature.HOT);
                (isCold ? coldRegions : hotRegions).add(regionOf(heap, block));
                live.add(block);
                if (random.nextInt(3) == 0) {
                    addresses.free(live.remove(random.nextInt(live.size())));
                }
            }
            assertThat(coldRegions).isNotEmpty().doesNotContainAnyElementsOf(hotRegions);
            assertThat(hotRegions).as("a tenth of the code").hasSizeLessThan(coldRegions.size());

            live.forEach(addresses::free);
            heap.trim();
            assertThat(heap.committedByteSize()).isZero();
        }
    }

    @Test
    void coldBlocksTakeTheLastRoomAmongHotBlocks() {
        try (CodeHeap heap = heap(1)) {
            CodeAddresses addresses = heap.addresses();
            long hot = addresses.allocate(REGION / 2);

            long cold = addresses.allocate(REGION / 2, 16, Temperature.COLD);

            assertThat(regionOf(heap, cold)).isEqualTo(regionOf(heap, hot));
        }
    }

    @Test
    void hotBlocksTakeTheLastRoomAmongColdBlocks() {
        try (CodeHeap heap = heap(1)) {
            CodeAddresses addresses = heap.addresses();
            long cold = addresses.allocate(100, 16, Temperature.COLD);

            for (int count = 0; count < 15; count++) {
                assertThat(regionOf(heap, addresses.allocate(100_000))).isEqualTo(regionOf(heap, cold));
            }
        }
    }

    @Test
    void aColdBlockIsAnOrdinaryBlockForEveryCall() {
        try (CodeHeap heap = heap(4)) {
            CodeBlock block = heap.allocate(300, 64, Temperature.COLD);
            assertThat(block.address() % 64).isZero();
            assertThat(heap.addresses().blockContaining(block.address() + 100)).isEqualTo(block.address());
            block.free();
            assertThat(heap.addresses().blockContaining(block.address() + 100)).isZero();

            long first = heap.addresses().allocate(300, 16, Temperature.COLD);
            heap.addresses().free(first);
            Set<Long> starts = new HashSet<>();
            for (int count = 0; count < 1000; count++) {
                long next = heap.addresses().allocate(300, 16, Temperature.COLD);
                starts.add(next);
                heap.addresses().free(next);
            }
            assertThat(starts).as("places are used again").hasSizeLessThan(200);
        }
    }
}
