package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WrongAddressException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A compilation unit: code, constants and data in reach of each other, published and freed as one. */
@SuppressWarnings("restricted")
class CodeUnitTest {
    private static final long REGION = 2 << 20;

    /** {@return code at {@code address} that adds a constant to a variable and returns the sum} */
    private static byte[] adding(long address, long constant, long variable) {
        return ByteBuffer.allocate(13)
                .order(ByteOrder.LITTLE_ENDIAN)
                // mov eax, [rip + constant]
                .put((byte) 0x8b).put((byte) 0x05).putInt(Math.toIntExact(constant - (address + 6)))
                // add [rip + variable], eax
                .put((byte) 0x01).put((byte) 0x05).putInt(Math.toIntExact(variable - (address + 12)))
                // ret
                .put((byte) 0xc3)
                .array();
    }

    private static CodeUnit adder(CodeHeap heap, int constant) {
        CodeUnit unit = heap.allocateUnit(new UnitSizes(13, 4, 4));
        UnitPart constants = unit.constants().orElseThrow();
        UnitPart data = unit.data().orElseThrow();
        byte[] code = adding(unit.code().address(), constants.address(), data.address());
        unit.code().writable().copyFrom(MemorySegment.ofArray(code));
        constants.writable().set(ValueLayout.JAVA_INT, 0, constant);
        unit.publish();
        return unit;
    }

    @OnEveryPath
    void codeReachesItsConstantsAndItsData(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build()) {
            CodeUnit unit = adder(heap, 20);
            CodeUnit other = adder(heap, 1);
            NativeCode.call(unit.code().address());
            NativeCode.call(other.code().address());
            NativeCode.call(unit.code().address());

            assertThat(unit.data().orElseThrow().segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(40);
            assertThat(other.data().orElseThrow().segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(1);
            HeapAudit audit = heap.audit();
            assertThat(audit.misplaced()).isEmpty();
            assertThat(audit.writableAndExecutable()).isEmpty();
            assertThat(audit.regions()).extracting(HeapAudit.Region::domain)
                    .contains(Domain.CODE, Domain.RODATA, Domain.DATA);
        }
    }

    @OnEveryPath
    void publishedConstantsCannotBeWrittenAndAreNotExecutable(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build()) {
            CodeUnit unit = adder(heap, 20);
            UnitPart constants = unit.constants().orElseThrow();
            assertThat(constants.segment().isReadOnly()).isTrue();
            assertThat(heap.zones().of(Domain.RODATA, 1).regions().ledger()
                    .predict(heap.zones().of(Domain.RODATA, 1).zone().front()).getFirst().permissions())
                    .startsWith("r--");
            assertThatThrownBy(constants::writable).isInstanceOf(BlockStateException.class);
            unit.data().orElseThrow().writable().set(ValueLayout.JAVA_INT, 0, 3);
        }
    }

    @OnEveryPath
    void aFreedUnitReturnsAllItsMemory(PathCell cell) {
        try (HugePages _ = cell.need(4);
                CodeHeap heap = cell.builder().build()) {
            CodeUnit unit = adder(heap, 20);
            assertThat(heap.stats().liveBlockCount()).isEqualTo(3);
            unit.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThatThrownBy(unit::free).isInstanceOf(BlockStateException.class).hasMessageContaining("freed");
            assertThatThrownBy(unit.code()::writable).isInstanceOf(BlockStateException.class);
        }
    }

    @OnEveryPath
    void constantsAndDataAreZeroAtFirstInUsedMemory(PathCell cell) {
        try (HugePages _ = cell.need(4);
                CodeHeap heap = cell.builder().build()) {
            for (int round = 0; round < 2; round++) {
                CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 300, 300));
                for (UnitPart part : new UnitPart[] {unit.constants().orElseThrow(), unit.data().orElseThrow()}) {
                    assertThat(part.writable().toArray(ValueLayout.JAVA_BYTE)).containsOnly((byte) 0);
                    part.writable().fill((byte) 1);
                }
                unit.publish();
                assertThat(unit.constants().orElseThrow().segment().toArray(ValueLayout.JAVA_BYTE))
                        .containsOnly((byte) 1);
                unit.free();
            }
        }
    }

    @Test
    void aSmallUnitCommitsOneRegionForEachDomainThatItUses() {
        try (CodeHeap own = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
                CodeHeap shared = CodeHeap.builder()
                        .memory(MemoryDemand.SMALL)
                        .constants(ConstantPlacement.WITH_CODE)
                        .build()) {
            adder(own, 1);
            CodeUnit unit = adder(shared, 2);
            assertThat(own.committedByteSize()).isEqualTo(3 * REGION);
            assertThat(shared.committedByteSize()).isEqualTo(2 * REGION);
            NativeCode.call(unit.code().address());
            assertThat(unit.data().orElseThrow().segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(2);
        }
    }

    @Test
    void aHeapWithoutDataCommitsNoRegionForIt() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            heap.define(NativeCode.returning(1));
            assertThat(heap.committedByteSize()).isEqualTo(REGION);
            assertThat(heap.zones().spaces()).hasSize(1);
        }
    }

    @Test
    void aUnitThatFindsNoRoomLeavesNothingBehind() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).dataCapacity(REGION).build()) {
            assertThatThrownBy(() -> heap.allocateUnit(new UnitSizes(16, 16, 2 * REGION)))
                    .isInstanceOf(IllegalArgumentException.class);
            heap.allocateUnit(new UnitSizes(16, 16, REGION)).free();
            CodeUnit full = heap.allocateUnit(new UnitSizes(16, 16, REGION));
            assertThatThrownBy(() -> heap.allocateUnit(new UnitSizes(16, 16, 16)))
                    .isInstanceOf(HeapExhaustedException.class);
            assertThat(heap.stats().liveBlockCount()).isEqualTo(3);
            full.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void aRequestForADomainWithoutRoomNamesTheRemedy() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).constantCapacity(0).build()) {
            assertThatThrownBy(() -> heap.allocateUnit(new UnitSizes(16, 16, 16)))
                    .isInstanceOf(HeapExhaustedException.class)
                    .hasMessageContaining("rodata")
                    .hasMessageContaining("constantCapacity");
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void eachPartHasAnAlignmentOfItsOwn() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            heap.allocateUnit(new UnitSizes(16, 16, 16));
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 16, 16, 1, 4096, 64));
            assertThat(unit.code().address() % 4096).isNotZero();
            assertThat(unit.constants().orElseThrow().address() % 4096).isZero();
            assertThat(unit.data().orElseThrow().address() % 64).isZero();
            assertThatThrownBy(() -> heap.allocateUnit(new UnitSizes(16, 16, 16, 1, 1, 3)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(heap.stats().liveBlockCount()).isEqualTo(6);
        }
    }

    @Test
    void aUnitIsBoundToItsFirstInstruction() throws Throwable {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 16, 0));
            FunctionDescriptor function = FunctionDescriptor.of(ValueLayout.JAVA_INT);
            assertThatThrownBy(() -> unit.bind(function)).isInstanceOf(BlockStateException.class);
            MemorySegment.copy(NativeCode.returning(7), 0, unit.code().writable(), ValueLayout.JAVA_BYTE, 0, 6);
            unit.publish();
            assertThat((int) unit.bind(function).invokeExact()).isEqualTo(7);
            unit.free();
            assertThatThrownBy(() -> unit.bind(function)).isInstanceOf(BlockStateException.class);
        }
    }

    @OnEveryPath
    void aDefinedUnitIsRelocatedAndPublished(PathCell cell) throws Throwable {
        // mov eax, [rip + disp32]; ret
        byte[] code = {(byte) 0x8b, 0x05, 0, 0, 0, 0, (byte) 0xc3};
        try (HugePages _ = cell.need(2);
                CodeHeap heap = cell.builder().build();
                CodeGroup group = heap.openGroup()) {
            for (CodeAllocator allocator : List.of(heap, group)) {
                CodeUnit unit = allocator.define(
                        MemorySegment.ofArray(code), MemorySegment.ofArray(new int[] {42}),
                        made -> made.code().rel32(2, made.constants().orElseThrow().address()));
                assertThat(unit.isPublished()).isTrue();
                assertThat((int) unit.bind(FunctionDescriptor.of(ValueLayout.JAVA_INT)).invokeExact()).isEqualTo(42);
            }
            CodeUnit alone = heap.define(MemorySegment.ofArray(NativeCode.returning(1)), MemorySegment.NULL, _ -> {});
            assertThat(alone.constants()).isEmpty();
        }
    }

    @OnEveryPath
    void aUnitWhoseRelocationThrowsIsFreed(PathCell cell) {
        try (HugePages _ = cell.need(2);
                CodeHeap heap = cell.builder().build();
                CodeGroup group = heap.openGroup()) {
            MemorySegment code = MemorySegment.ofArray(NativeCode.returning(1));
            MemorySegment constants = MemorySegment.ofArray(new int[] {42});
            AtomicReference<CodeUnit> seen = new AtomicReference<>();
            for (CodeAllocator allocator : List.of(heap, group)) {
                for (Consumer<CodeUnit> before : List.<Consumer<CodeUnit>>of(
                        _ -> {}, CodeUnit::publish, unit -> unit.code().shrink(1))) {
                    assertThatThrownBy(() -> allocator.define(code, constants, unit -> {
                        seen.set(unit);
                        before.accept(unit);
                        unit.code().rel32(100, 0);
                    })).isInstanceOf(RuntimeException.class);
                    assertThat(heap.stats().liveBlockCount()).isZero();
                    assertThatThrownBy(seen.get().code()::writable).isInstanceOf(BlockStateException.class);
                }
            }
            assertThatThrownBy(() -> heap.define(code, constants, unit -> {
                unit.free();
                throw new IllegalStateException("test");
            })).isInstanceOf(IllegalStateException.class).hasMessage("test");
            assertThatThrownBy(() -> group.define(code, constants, _ -> heap.closeAll()))
                    .isInstanceOf(BlockStateException.class);
            assertThat(heap.stats().liveBlockCount()).isZero();
            heap.checkInvariants();
        }
    }

    @OnEveryPath
    void aPartCanBeShrunkUntilTheUnitIsPublished(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build()) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(100_000, 50_000, 20_000));
            byte[] code = NativeCode.returning(3);
            MemorySegment.copy(code, 0, unit.code().writable(), ValueLayout.JAVA_BYTE, 0, code.length);
            long before = heap.stats().liveByteSize();
            assertThat(unit.code().shrink(code.length).byteSize()).isEqualTo(code.length);
            unit.constants().orElseThrow().shrink(1);
            unit.data().orElseThrow().shrink(20_000);
            assertThat(heap.stats().liveByteSize()).isLessThan(before - 100_000);
            assertThat(unit.code().writable().byteSize()).isEqualTo(code.length);
            for (long byteSize : new long[] {0, -1, code.length + 1}) {
                assertThatThrownBy(() -> unit.code().shrink(byteSize)).isInstanceOf(IllegalArgumentException.class);
            }
            unit.publish();
            assertThat(NativeCode.call(unit.code().address())).isEqualTo(3);
            assertThatThrownBy(() -> unit.code().shrink(1)).isInstanceOf(BlockStateException.class);
            heap.checkInvariants();
            unit.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void thePublishedCodeOfAUnitIsPatched() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            CodeUnit one = heap.define(MemorySegment.ofArray(NativeCode.returning(1)), MemorySegment.NULL, _ -> {});
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 16, 0));
            byte[] code = PatchableCode.constant(3);
            MemorySegment.copy(code, 0, unit.code().writable(), ValueLayout.JAVA_BYTE, 0, code.length);
            assertThatThrownBy(() -> unit.patch(4, 5, 4)).isInstanceOf(BlockStateException.class);
            unit.publish();
            unit.patch(4, 5, 4);
            assertThat(unit.compareAndPatch(4, 4, 6, 4)).isFalse();
            assertThat(NativeCode.call(unit.code().address())).isEqualTo(5);
            // It becomes a jump.
            unit.patch(3, 0xe9, 1);
            unit.patchCall(3, one.code().address());
            assertThat(NativeCode.call(unit.code().address())).isEqualTo(1);
            unit.free();
            assertThatThrownBy(() -> unit.patch(4, 5, 4)).isInstanceOf(BlockStateException.class);
        }
    }

    @Test
    void coldUnitsLieApartFromHotOnes() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            long hot = heap.allocateUnit(new UnitSizes(16, 16, 0)).code().address();
            long cold = heap.allocateUnit(new UnitSizes(16, 16, 0), Temperature.COLD).code().address();
            assertThat(hot / REGION).isNotEqualTo(cold / REGION);
        }
    }

    @OnEveryPath
    void aUnitCanBeMadeOfRawAddresses(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build()) {
            CodeAddresses codes = heap.addresses(Domain.CODE);
            CodeAddresses constants = heap.addresses(Domain.RODATA);
            CodeAddresses variables = heap.addresses(Domain.DATA);
            long code = codes.allocate(13);
            long constant = constants.allocate(4);
            long variable = variables.allocate(4);
            codes.write(code, 0, MemorySegment.ofArray(adding(code, constant, variable)), 0, 13);
            constants.write(constant, 0, MemorySegment.ofArray(new int[] {20}), 0, 4);
            variables.write(variable, 0, MemorySegment.ofArray(new int[] {1}), 0, 4);
            constants.publish(constant);
            codes.publish(code);
            assertThat(NativeCode.call(code)).isEqualTo(20);
            assertThat(MemorySegment.ofAddress(variables.writable(variable)).reinterpret(4)
                    .get(ValueLayout.JAVA_INT, 0)).isEqualTo(21);
            assertThatThrownBy(() -> constants.patch(constant, 0, 0, 1))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> constants.free(code)).isInstanceOf(WrongAddressException.class);
            codes.free(code);
            constants.free(constant);
            variables.free(variable);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void everythingInTheLargestSpanIsInReach() {
        long half = CodeHeap.LARGEST_CAPACITY / 2;
        CodeHeapBuilder largest = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .capacity(half - 2 * REGION)
                .constantCapacity(half / 2)
                .dataCapacity(half / 2);
        try (CodeHeap heap = largest.build()) {
            CodeUnit unit = adder(heap, 20);
            NativeCode.call(unit.code().address());
            assertThat(unit.data().orElseThrow().segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(20);
            assertThat(heap.zones().span().byteSize()).isEqualTo(CodeHeap.LARGEST_CAPACITY);
        }
        assertThatThrownBy(() -> largest.capacity(half - REGION).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reach");
    }

    @Test
    void byDefaultEverythingIsInReachForCodeOfAnySize() {
        for (long less = 0; less < 8; less++) {
            try (CodeHeap heap = CodeHeap.builder()
                    .memory(MemoryDemand.SMALL)
                    .capacity(CodeHeap.LARGEST_CAPACITY - less * REGION)
                    .build()) {
                assertThat(heap.zones().span().byteSize()).isLessThanOrEqualTo(CodeHeap.LARGEST_CAPACITY);
            }
        }
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .capacity(CodeHeap.LARGEST_CAPACITY / 2)
                .dataCapacity(CodeHeap.LARGEST_CAPACITY / 2 - 3 * REGION)
                .build()) {
            assertThat(heap.zones().span().byteSizeOf(Domain.RODATA)).isEqualTo(REGION);
        }
    }
}
