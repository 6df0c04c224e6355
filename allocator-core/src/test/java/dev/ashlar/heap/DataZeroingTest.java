package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.space;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.DataAddresses;
import dev.ashlar.DataHeap;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryDataRung;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: new segments of a heap and of its arenas are zero, as an arena promises, also in memory that was used before.
 * Method: the test fills a heap of one region with dirt to the last byte, frees it, and allocates again.
 */
class DataZeroingTest {
    private static final long REGION = 2 << 20;
    private static final byte DIRT = 0x5a;

    static List<Long> sizes() {
        return List.of(1L, 7L, 8L, 16L, 24L, 63L, 64L, 65L, 100L, 256L, 300L, 1000L, 4096L, 5000L, 16_000L, 40_000L,
                300_000L);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void segmentsOfTheHeapAreZeroAgain(long byteSize) {
        try (DataHeap heap = soiled()) {
            assertZero(heap, byteSize);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void zeroedAddressesAreZeroAgain(long byteSize) {
        try (DataHeap heap = soiled()) {
            DataAddresses data = heap.addresses();
            assertZero((size, alignment) -> at(heap, data.allocateZeroed(size, alignment), size), byteSize);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void segmentsOfConfinedArenasAreZeroAgain(long byteSize) {
        try (DataHeap heap = soiled();
                Arena arena = heap.confinedArena()) {
            assertZero(arena, byteSize);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void segmentsOfSharedArenasAreZeroAgain(long byteSize) {
        try (DataHeap heap = soiled();
                Arena arena = heap.sharedArena()) {
            assertZero(arena, byteSize);
        }
    }

    /** {@return a heap of one region in which no byte is zero} */
    private static DataHeap soiled() {
        DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).capacity(REGION).build();
        DataAddresses data = heap.addresses();
        long whole = data.allocate(REGION);
        at(heap, whole, REGION).fill(DIRT);
        data.free(whole);
        whole = data.allocate(REGION);
        assertThat(at(heap, whole, REGION).mismatch(filled(REGION, DIRT))).as("dirt").isEqualTo(-1);
        data.free(whole);
        return heap;
    }

    private static void assertZero(SegmentAllocator allocator, long byteSize) {
        long count = Math.min(2000, REGION / 2 / Math.max(byteSize, 16));
        for (int index = 0; index < count; index++) {
            MemorySegment segment = allocator.allocate(byteSize, index % 3 == 0 ? 64 : 1);
            assertThat(segment.byteSize()).isEqualTo(byteSize);
            assertThat(segment.mismatch(filled(byteSize, 0))).as("block %d", index).isEqualTo(-1);
            segment.fill((byte) -1);
        }
    }

    private static MemorySegment at(DataHeap heap, long address, long byteSize) {
        return space(heap).zone().writable().asSlice(address - heap.report().address(), byteSize);
    }

    private static MemorySegment filled(long byteSize, int value) {
        return MemorySegment.ofArray(new byte[(int) byteSize]).fill((byte) value);
    }

    @OnEveryDataRung
    void successiveArenasAreZeroAndKeepTheirContents(MemoryDemand memory) {
        SplittableRandom random = new SplittableRandom(7);
        try (HugePages _ = HugePages.needForData(memory, 8);
                DataHeap heap = DataHeap.builder().memory(memory).build()) {
            for (int round = 0; round < 100; round++) {
                try (Arena arena = round % 10 == 0 ? heap.sharedArena() : heap.confinedArena()) {
                    List<MemorySegment> segments = new ArrayList<>();
                    for (int index = 0; index < 100; index++) {
                        long byteSize = random.nextInt(index % 20 == 0 ? 100_000 : 700);
                        MemorySegment segment = arena.allocate(byteSize, 1L << random.nextInt(10));
                        assertThat(segment.mismatch(filled(byteSize, 0))).as("round %d", round).isEqualTo(-1);
                        segments.add(segment.fill((byte) index));
                    }
                    for (int index = 0; index < segments.size(); index++) {
                        MemorySegment segment = segments.get(index);
                        assertThat(segment.mismatch(filled(segment.byteSize(), index))).isEqualTo(-1);
                    }
                }
                assertThat(heap.stats().liveByteSize()).isZero();
            }
            heap.trim();
            assertThat(heap.committedByteSize()).isZero();
        }
    }
}
