package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryDataRung;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.WrongAddressException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of a data heap can be read and written, has the requested size and alignment, and is used again. */
class DataHeapTest {
    private static final long REGION = 2 << 20;

    @OnEveryDataRung
    void blocksOfEverySizeKeepWhatIsWrittenToThem(MemoryDemand memory) {
        try (HugePages _ = HugePages.needForData(memory, 8);
                DataHeap heap = DataHeap.builder().memory(memory).capacity(16 * REGION).build()) {
            long[] sizes = {1, 16, 17, 255, 256, 257, 4095, 4097, 16_384, 16_385, 100_000, REGION, REGION + 1};
            List<MemorySegment> segments = new ArrayList<>();
            for (long byteSize : sizes) {
                MemorySegment segment = heap.allocate(byteSize);
                assertThat(segment.byteSize()).isEqualTo(byteSize);
                assertThat(segment.isReadOnly()).isFalse();
                segment.fill((byte) segments.size());
                segments.add(segment);
            }
            for (int index = 0; index < sizes.length; index++) {
                MemorySegment same = MemorySegment.ofArray(new byte[(int) sizes[index]]).fill((byte) index);
                assertThat(segments.get(index).mismatch(same)).as("size %d", sizes[index]).isEqualTo(-1);
            }
            assertThat(heap.stats().liveBlockCount()).isEqualTo(sizes.length);
            segments.forEach(heap::free);
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(heap.stats().liveByteSize()).isZero();
            heap.space().blocks().checkInvariants();
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 16, 32, 64, 512, 4096, 65_536, REGION})
    void everyAlignmentUpToARegionIsKept(long alignment) {
        try (DataHeap heap =
                DataHeap.builder().memory(MemoryDemand.SMALL).capacity(32 * REGION).build()) {
            DataAddresses data = heap.addresses();
            // A small block before, so that no alignment is accidental.
            heap.allocate(1);
            long atLeast = Math.max(alignment, 16);
            for (long byteSize : new long[] {1, 48, 300, 5000, 20_000}) {
                assertThat(heap.allocate(byteSize, alignment).address() % atLeast).isZero();
                assertThat(data.allocate(byteSize, alignment) % atLeast).isZero();
                assertThat(data.allocateZeroed(byteSize, alignment) % atLeast).isZero();
            }
        }
    }

    @Test
    void anEmptySegmentIsAnOrdinaryBlock() {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).build()) {
            MemorySegment first = heap.allocate(0);
            MemorySegment second = heap.allocate(0, 64);
            assertThat(first.byteSize()).isZero();
            assertThat(second.address() % 64).isZero();
            assertThat(second.address()).isNotEqualTo(first.address());
            assertThat(heap.stats().liveBlockCount()).isEqualTo(2);
            heap.free(first);
            heap.free(second);
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThatThrownBy(() -> heap.free(first)).isInstanceOf(WrongAddressException.class);
        }
    }

    @Test
    void theHeapIsASegmentAllocator() {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).build()) {
            SegmentAllocator allocator = heap;
            MemorySegment text = allocator.allocateFrom("forty-two");
            MemorySegment numbers = allocator.allocateFrom(ValueLayout.JAVA_INT, 4, 2);
            assertThat(text.getString(0)).isEqualTo("forty-two");
            assertThat(numbers.toArray(ValueLayout.JAVA_INT)).containsExactly(4, 2);
            MemorySegment records = allocator.allocate(ValueLayout.JAVA_LONG, 100);
            assertThat(records.byteSize()).isEqualTo(800);
            heap.free(records);
            heap.free(numbers);
            heap.free(text);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void anAddressLeadsToItsBlock() {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).build()) {
            DataAddresses data = heap.addresses();
            long address = data.allocate(1000);
            assertThat(data.usableByteSize(address)).isBetween(1000L, 1024L);
            assertThat(data.blockContaining(address)).isEqualTo(address);
            assertThat(data.blockContaining(address + 999)).isEqualTo(address);
            assertThat(data.blockContaining(heap.report().address() - 1)).isZero();
            MemorySegment segment = heap.allocate(100);
            assertThat(data.blockContaining(segment.address() + 99)).isEqualTo(segment.address());
            assertThat(data.usableByteSize(segment.address())).isEqualTo(112);
            data.free(address);
            assertThat(data.blockContaining(address)).isZero();
        }
    }

    @OnEveryDataRung
    void memoryIsCommittedAndReleasedOnRequest(MemoryDemand memory) {
        try (HugePages _ = HugePages.needForData(memory, 4);
                DataHeap heap = DataHeap.builder().memory(memory).build()) {
            heap.precommit(4 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
            assertThat(heap.stats().committedByBacking())
                    .containsOnlyKeys(memory.dataLadder().getFirst());
            MemorySegment segment = heap.allocate(3 * REGION);
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
            heap.free(segment);
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
            assertThat(heap.trim()).isEqualTo(4 * REGION);
            assertThat(heap.committedByteSize()).isZero();
        }
    }

    @Test
    void theDefaultHeapIsLargeAndNamed() {
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0);
                DataHeap heap = DataHeap.create()) {
            HeapReport report = heap.report();
            assertThat(report.capacityByteSize()).isEqualTo(16L << 30);
            assertThat(report.memory()).isEqualTo(MemoryDemand.AUTO);
            assertThat(heap.name()).isEqualTo(report.name()).isEqualTo("ashlar-data");
            assertThat(report.address() % REGION).isZero();
            assertThat(report.describe())
                    .startsWith("heap ashlar-data: data, 17179869184 bytes at 0x"
                            + Long.toHexString(report.address()) + "\nmemory asked: AUTO; in use: ["
                            + report.backings().getFirst() + "]; committed: 2097152 bytes\n");
        }
    }

    @Test
    void namesAndCapacitiesOutOfRangeAreRefused() {
        DataHeapBuilder builder = DataHeap.builder();
        for (long byteSize : new long[] {Long.MIN_VALUE, -1, 0, DataHeap.LARGEST_CAPACITY + 1, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> builder.capacity(byteSize))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("capacity out of range: byteSize=" + byteSize + ", allowed=1 to 1099511627776");
        }
        assertThatThrownBy(() -> builder.name("a b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"a b\"");
    }
}
