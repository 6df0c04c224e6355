package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.report.WrongAddressException.Reason;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong sizes, alignments and addresses throw, and change nothing. */
class WrongUseTest {
    private static final long REGION = 2 << 20;
    private static final long CAPACITY = 8 * REGION;

    private final CodeHeap heap =
            CodeHeap.builder().memory(MemoryDemand.SMALL).capacity(CAPACITY).build();
    private final CodeAddresses code = heap.addresses();
    private final MemorySegment bytes = MemorySegment.ofArray(NativeCode.returning(42));

    @AfterEach
    void theHeapStillWorks() {
        heap.space().blocks().checkInvariants();
        assertThat(NativeCode.call(heap.define(NativeCode.returning(42)).address())).isEqualTo(42);
        assertThat(heap.audit().isClean()).isTrue();
        heap.close();
    }

    private <T extends Throwable> T unchangedBy(Class<T> type, ThrowingCallable wrong) {
        HeapStats before = heap.stats();
        T thrown = catchThrowableOfType(type, wrong);
        assertThat(thrown).isNotNull();
        assertThat(heap.stats()).isEqualTo(before);
        return thrown;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, CAPACITY + 1, Long.MAX_VALUE})
    void sizesOutOfRangeAreRefused(long byteSize) {
        List<LongConsumer> asked = List.of(
                heap::allocate, size -> heap.allocate(size, 64), code::allocate, size -> code.allocate(size, 64),
                heap::precommit);
        for (LongConsumer ask : asked) {
            assertThat(unchangedBy(IllegalArgumentException.class, () -> ask.accept(byteSize)))
                    .hasMessage("size out of range: byteSize=" + byteSize
                            + ", allowed=1 to 16777216, the capacity of heap ashlar for code");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, -16, Long.MIN_VALUE, 3, 24, 2 * REGION, Long.MAX_VALUE})
    void invalidAlignmentsAreRefused(long byteAlignment) {
        assertThat(unchangedBy(IllegalArgumentException.class, () -> heap.allocate(1, byteAlignment)))
                .hasMessage("alignment must be a power of two between 1 and 2097152: byteAlignment=" + byteAlignment);
        unchangedBy(IllegalArgumentException.class, () -> code.allocate(1, byteAlignment));
    }

    @Test
    void anEmptyFunctionIsRefused() {
        unchangedBy(IllegalArgumentException.class, () -> heap.define(new byte[0]));
        unchangedBy(NullPointerException.class, () -> heap.define((byte[]) null));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, CodeHeap.LARGEST_CAPACITY + 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void capacitiesOutOfRangeAreRefused(long byteSize) {
        assertThatThrownBy(() -> CodeHeap.builder().capacity(byteSize))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity out of range: byteSize=" + byteSize + ", allowed=1 to 2147483648");
    }

    @Test
    void demandsThatNoHeapCanMeetAreRefusedAtOnce() {
        CodeHeapBuilder builder = CodeHeap.builder();
        assertThatThrownBy(() -> builder.near(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.near(-1)).hasMessage("not a user-space address: address=0xffffffffffffffff");
        assertThatThrownBy(() -> builder.memory(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.writePath(null)).isInstanceOf(NullPointerException.class);
        for (String name : List.of("", "a b", "a/b", "ä", "n".repeat(201))) {
            assertThatThrownBy(() -> builder.name(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("name must match [A-Za-z0-9._-]{1,200}: \"" + name + "\"");
        }
        try (CodeHeap longest = builder.name("n".repeat(200)).memory(MemoryDemand.SMALL).build()) {
            assertThat(longest.name()).hasSize(200);
        }
    }

    private void assertEachRefuses(long address, Reason reason) {
        List<LongConsumer> uses = List.of(
                code::free,
                code::publish,
                at -> code.shrink(at, 1),
                at -> code.write(at, 0, bytes, 0, 1));
        for (LongConsumer use : uses) {
            WrongAddressException thrown = unchangedBy(WrongAddressException.class, () -> use.accept(address));
            assertThat(thrown.reason()).isEqualTo(reason);
            assertThat(thrown.address()).isEqualTo(address);
            assertThat(thrown)
                    .hasMessageContaining(
                            " failed: heap=ashlar, address=0x" + Long.toHexString(address) + ", reason=" + reason
                                    + ". ");
        }
    }

    @Test
    void foreignAddressesAreRefused() {
        long base = heap.report().address();
        code.allocate(100);
        for (long address : new long[] {
            0, -1, 1, base - 1, base + CAPACITY, heap.report().writableAddress(), Long.MIN_VALUE, Long.MAX_VALUE
        }) {
            assertEachRefuses(address, Reason.FOREIGN);
            unchangedBy(WrongAddressException.class, () -> code.usableByteSize(address));
            unchangedBy(WrongAddressException.class, () -> code.writable(address));
        }
        try (CodeHeap other = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            assertEachRefuses(other.addresses().allocate(10), Reason.FOREIGN);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 100, 1000, 16_000, 20_000, 3 * REGION})
    void interiorAddressesAreRefused(long byteSize) {
        long block = code.allocate(byteSize);
        for (long offset : new long[] {1, byteSize / 2, byteSize - 1}) {
            assertEachRefuses(block + offset, Reason.INTERIOR);
            assertThat(unchangedBy(WrongAddressException.class, () -> code.usableByteSize(block + offset))
                    .reason())
                    .isEqualTo(Reason.INTERIOR);
        }
        code.free(block);
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 100, 1000, 16_000, 20_000, 3 * REGION})
    void addressesWithoutALiveBlockAreRefused(long byteSize) {
        long base = heap.report().address();
        assertEachRefuses(base, Reason.NOT_LIVE);
        assertEachRefuses(base + CAPACITY - 1, Reason.NOT_LIVE);
        long block = code.allocate(byteSize);
        code.free(block);
        for (long offset : new long[] {0, 1, byteSize - 1}) {
            assertEachRefuses(block + offset, Reason.NOT_LIVE);
            unchangedBy(WrongAddressException.class, () -> code.usableByteSize(block + offset));
            unchangedBy(WrongAddressException.class, () -> code.writable(block + offset));
        }
        // Also while neighbours are live, and in the end that a shrink cut off.
        long neighbour = code.allocate(byteSize);
        long second = code.allocate(byteSize);
        code.free(second);
        assertEachRefuses(second, Reason.NOT_LIVE);
        code.free(neighbour);
        long cut = code.allocate(3 * REGION);
        code.shrink(cut, 1);
        assertEachRefuses(cut + 4096, Reason.NOT_LIVE);
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 1000, 20_000})
    void aBlockHeldByAnObjectIsNotFreedByItsAddress(long byteSize) {
        CodeBlock block = heap.allocate(byteSize);
        assertEachRefuses(block.address(), Reason.HELD_BY_OBJECT);
        assertEachRefuses(block.address() + 1, Reason.INTERIOR);
        block.free();
        assertEachRefuses(block.address(), Reason.NOT_LIVE);
    }

    @Test
    void writesOutsideTheBlockOrTheSourceAreRefused() {
        long block = code.allocate(100);
        long usable = code.usableByteSize(block);
        code.write(block, usable - 6, bytes, 0, 6);
        for (long[] range : new long[][] {
            {-1, 1}, {0, -1}, {usable, 1}, {0, usable + 1}, {usable - 5, 6}, {Long.MAX_VALUE, 6}, {1, Long.MAX_VALUE},
            {Long.MIN_VALUE, Long.MIN_VALUE}
        }) {
            assertThat(unchangedBy(
                    IllegalArgumentException.class, () -> code.write(block, range[0], bytes, 0, range[1])))
                    .hasMessage("range lies outside the block at 0x" + Long.toHexString(block) + " of heap "
                            + heap.name() + ": offset=" + range[0] + ", byteSize=" + range[1]
                            + ", usable=112");
        }
        unchangedBy(IndexOutOfBoundsException.class, () -> code.write(block, 0, bytes, 0, 7));
        unchangedBy(IndexOutOfBoundsException.class, () -> code.write(block, 0, bytes, -1, 2));
        unchangedBy(IndexOutOfBoundsException.class, () -> code.write(block, 0, bytes, 6, 1));
        code.free(block);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 113, Long.MAX_VALUE})
    void aBlockShrinksOnlyToASizeWithinIt(long byteSize) {
        long block = code.allocate(100);
        assertThat(unchangedBy(IllegalArgumentException.class, () -> code.shrink(block, byteSize)))
                .hasMessage("the block at 0x" + Long.toHexString(block) + " of heap " + heap.name()
                        + " can only become smaller: byteSize=" + byteSize + ", allowed=1 to 112");
        CodeBlock object = heap.allocate(112);
        unchangedBy(IllegalArgumentException.class, () -> object.shrink(byteSize));
        assertThat(object.byteSize()).isEqualTo(112);
        assertThat(object.shrink(112).shrink(50).byteSize()).isEqualTo(50);
        unchangedBy(IllegalArgumentException.class, () -> object.shrink(51));
    }
}
