package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.report.WrongAddressException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong use of a data heap throws, says what is wrong, and changes nothing. */
class DataWrongUseTest {
    private static final long CAPACITY = 16 << 20;

    private final DataHeap heap =
            DataHeap.builder().memory(MemoryDemand.SMALL).capacity(CAPACITY).build();
    private final DataAddresses data = heap.addresses();

    @AfterEach
    void closeHeap() {
        heap.space().blocks().checkInvariants();
        heap.close();
    }

    private void assertRefused(Reason reason, ThrowingCallable wrong) {
        HeapStats before = heap.stats();
        WrongAddressException refused = catchThrowableOfType(WrongAddressException.class, wrong);
        assertThat(refused).isNotNull();
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused.getMessage())
                .contains("address=0x" + Long.toHexString(refused.address()), "reason=" + reason.name());
        assertThat(heap.stats()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 256, 700, 5000, 20_000, 3 << 20})
    void freeingTwiceIsFound(long byteSize) {
        // Neighbours, so that the place keeps its run.
        data.allocate(byteSize);
        long address = data.allocate(byteSize);
        MemorySegment segment = heap.allocate(byteSize);
        heap.allocate(byteSize);
        data.free(address);
        heap.free(segment);
        assertRefused(Reason.NOT_LIVE, () -> data.free(address));
        assertRefused(Reason.NOT_LIVE, () -> heap.free(segment));
        assertRefused(Reason.NOT_LIVE, () -> data.usableByteSize(address));
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 256, 700, 5000, 20_000, 3 << 20})
    void freeingFromTheMiddleIsFound(long byteSize) {
        long address = data.allocate(byteSize);
        MemorySegment segment = heap.allocate(byteSize);
        for (long offset : new long[] {1, 16, byteSize / 2, byteSize - 1}) {
            assertRefused(Reason.INTERIOR, () -> data.free(address + offset));
            assertRefused(Reason.INTERIOR, () -> heap.free(segment.asSlice(offset)));
            assertRefused(Reason.INTERIOR, () -> data.usableByteSize(address + offset));
        }
        data.free(address);
        heap.free(segment.asSlice(0, 1));
    }

    @Test
    void foreignAddressesAreFound() {
        long base = heap.report().address();
        for (long foreign : new long[] {0, -1, 1, base - 1, base + CAPACITY, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertRefused(Reason.FOREIGN, () -> data.free(foreign));
            assertRefused(Reason.FOREIGN, () -> data.usableByteSize(foreign));
            assertThat(data.blockContaining(foreign)).isZero();
        }
        assertRefused(Reason.FOREIGN, () -> heap.free(MemorySegment.NULL));
        assertRefused(Reason.FOREIGN, () -> heap.free(MemorySegment.ofArray(new byte[8])));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment other = arena.allocate(8);
            assertRefused(Reason.FOREIGN, () -> heap.free(other));
            assertThat(catchThrowableOfType(WrongAddressException.class, () -> heap.free(other)))
                    .hasMessageEndingWith("The address lies outside the heap's read+write view.");
        }
        assertRefused(Reason.NOT_LIVE, () -> data.free(base + CAPACITY - 16));
    }

    @Test
    void aBlockIsHeldOneWayAllItsLife() {
        long address = data.allocate(100);
        MemorySegment segment = heap.allocate(100);
        assertRefused(Reason.HELD_BY_OBJECT, () -> data.free(segment.address()));
        assertRefused(Reason.HELD_BY_OBJECT, () -> heap.free(MemorySegment.ofAddress(segment.address())));
        MemorySegment disguised = segment.asSlice(0, 0);
        heap.free(disguised);
        assertRefused(Reason.HELD_BY_OBJECT, () -> heap.free(MemorySegment.ofAddress(address)));
        MemorySegment sameAddress =
                heap.zones().unmanaged().writable().asSlice(address - heap.report().address(), 100);
        assertRefused(Reason.HELD_BY_ADDRESS, () -> heap.free(sameAddress));
        data.free(address);
    }

    @Test
    void onlyTheArenaFreesItsSegments() {
        try (Arena confined = heap.confinedArena();
                Arena shared = heap.sharedArena()) {
            for (Arena arena : new Arena[] {confined, shared}) {
                for (long byteSize : new long[] {10, 5000, 1 << 20}) {
                    MemorySegment segment = arena.allocate(byteSize);
                    assertRefused(Reason.HELD_BY_OBJECT, () -> heap.free(segment));
                    assertThat(catchThrowableOfType(WrongAddressException.class, () -> heap.free(segment)))
                            .hasMessageEndingWith("if it comes from an arena, close the arena.");
                    long block = data.blockContaining(segment.address());
                    assertRefused(Reason.HELD_BY_OBJECT, () -> data.free(block));
                }
            }
        }
        assertThat(heap.stats().liveBlockCount()).isZero();
    }

    @Test
    void sizesAndAlignmentsOutOfRangeAreNamed() {
        HeapStats before = heap.stats();
        for (long byteSize : new long[] {0, -1, CAPACITY + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            String message = "size out of range: byteSize=" + byteSize
                    + ", allowed=1 to " + CAPACITY + ", the capacity of heap ashlar-data for data";
            assertIllegal(message, () -> data.allocate(byteSize));
            assertIllegal(message, () -> data.allocateZeroed(byteSize));
            if (byteSize > 0) {
                assertIllegal(message, () -> heap.allocate(byteSize));
            } else if (byteSize < 0) {
                assertIllegal("size is negative: byteSize=" + byteSize, () -> heap.allocate(byteSize));
            }
            assertIllegal(message, () -> heap.precommit(byteSize));
        }
        for (long alignment : new long[] {0, -1, 3, 24, 4 << 20, Long.MIN_VALUE, Long.MAX_VALUE}) {
            String message =
                    "alignment must be a power of two between 1 and 2097152: byteAlignment=" + alignment;
            assertIllegal(message, () -> data.allocate(1, alignment));
            assertIllegal(message, () -> data.allocateZeroed(1, alignment));
            assertIllegal(message, () -> heap.allocate(1, alignment));
        }
        assertThat(heap.stats()).isEqualTo(before);
    }

    private static void assertIllegal(String message, ThrowingCallable wrong) {
        assertThatThrownBy(wrong).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
