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
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapExhaustedException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** A compilation unit: code, constants and data in reach of each other, published and freed as one. */
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
