package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.NotReachableException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fields that depend on addresses are written for the address at which the memory is used. */
@SuppressWarnings("restricted")
class RelocatableTest {
    /** cmp dword [rip + disp32], imm32; sete al; movzx eax, al; ret: the displacement has offsets 2 to 5 of 10. */
    private static final byte[] COMPARING = {
        (byte) 0x81, 0x3d, 0, 0, 0, 0, 7, 0, 0, 0, 0x0f, (byte) 0x94, (byte) 0xc0, 0x0f, (byte) 0xb6, (byte) 0xc0,
        (byte) 0xc3
    };

    /** mov rax, imm64; jmp rax */
    private static final byte[] JUMPING = {0x48, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xe0};

    private final long getpid = Linker.nativeLinker().defaultLookup().findOrThrow("getpid").address();
    private final int pid = (int) ProcessHandle.current().pid();

    private static void fill(Relocatable memory, byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory.writable(), ValueLayout.JAVA_BYTE, 0, bytes.length);
    }

    @OnEveryPath
    void aBlockCallsAFunctionByRel32(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().near(getpid).capacity(32 << 20).build()) {
            CodeBlock block = heap.allocate(14);
            fill(block, PatchableCode.call(0));
            block.rel32(5, getpid);
            block.publish();
            assertThat(NativeCode.call(block.address())).isEqualTo(pid);
        }
    }

    @OnEveryPath
    void aUnitReachesItsPartsAndItsTableHoldsAddresses(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build()) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(COMPARING.length, 8, 8));
            UnitPart constants = unit.constants().orElseThrow();
            UnitPart data = unit.data().orElseThrow();
            fill(unit.code(), COMPARING);
            unit.code().rel32(2, data.address(), 8);
            constants.abs64(0, unit.code().address());
            unit.publish();

            assertThat(NativeCode.call(unit.code().address())).isZero();
            data.writable().set(ValueLayout.JAVA_INT, 0, 7);
            assertThat(NativeCode.call(unit.code().address())).isEqualTo(1);
            long entry = constants.segment().get(ValueLayout.JAVA_LONG, 0);
            assertThat(NativeCode.call(entry)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#batches")
    void aSectionOfABatchJumpsAnywhereByAnAddress(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            BatchSection section = batch.allocate(Domain.CODE, JUMPING.length, 16);
            fill(section, JUMPING);
            section.abs64(2, getpid);
            batch.publish();
            assertThat(NativeCode.call(section.address())).isEqualTo(pid);
            assertThatThrownBy(() -> section.abs64(2, 0)).isInstanceOf(BlockStateException.class);
        }
    }

    @Test
    void aTargetOutOfReachIsRefusedAndNothingIsWritten() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            CodeBlock block = heap.allocate(16);
            long end = block.address() + 4;
            block.rel32(0, end + Integer.MAX_VALUE);
            assertThat(block.writable().get(ValueLayout.JAVA_INT, 0)).isEqualTo(Integer.MAX_VALUE);
            block.rel32(0, end + Integer.MIN_VALUE);
            for (long distance : new long[] {1L << 31, -(1L << 31) - 1, Long.MAX_VALUE - end}) {
                assertThatThrownBy(() -> block.rel32(0, end + distance))
                        .isInstanceOf(NotReachableException.class)
                        .hasMessageContaining("distance=" + distance)
                        .hasMessageContaining("CodeHeapBuilder.near");
            }
            assertThatThrownBy(() -> block.abs32(0, 1L << 31))
                    .isInstanceOf(NotReachableException.class)
                    .hasMessageContaining("target=0x80000000");
            assertThatThrownBy(() -> block.abs32(0, -1)).isInstanceOf(NotReachableException.class);
            assertThat(block.writable().get(ValueLayout.JAVA_INT, 0)).isEqualTo(Integer.MIN_VALUE);
        }
    }

    @Test
    void aFieldOutsideTheMemoryIsRefused() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            CodeBlock block = heap.allocate(16);
            CodeBlock next = heap.allocate(16);
            for (long offset : new long[] {-1, 13, 16, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThatThrownBy(() -> block.abs32(offset, 1)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> block.abs64(offset, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThatThrownBy(() -> block.rel32(13, block.address())).isInstanceOf(IndexOutOfBoundsException.class);
            for (int bytesToEnd : new int[] {3, 13, -1}) {
                assertThatThrownBy(() -> block.rel32(0, block.address(), bytesToEnd))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(block.writable().toArray(ValueLayout.JAVA_BYTE)).containsOnly(NativeCode.TRAP);
            assertThat(next.writable().toArray(ValueLayout.JAVA_BYTE)).containsOnly(NativeCode.TRAP);
        }
    }

    @OnEveryPath
    void whatIsWrongIsFoundInTheOrderOfPlaceStateAndReach(PathCell cell) {
        try (HugePages _ = cell.need(2);
                CodeHeap heap = cell.builder().name("code").build();
                CodeBatch batch = heap.openBatch()) {
            CodeBlock block = heap.allocate(16);
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 0, 0));
            BatchSection section = batch.allocate(Domain.CODE, 16, 16);
            List<Relocatable> all = List.of(block, unit.code(), section);
            for (Relocatable memory : all) {
                long target = memory.address();
                memory.rel32(4, target, 12);
                memory.rel32(12, target);
                // The immediate value behind the field would lie outside.
                assertThatThrownBy(() -> memory.rel32(12, target, 12))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining("0x" + Long.toHexString(memory.address()) + " of heap code")
                        .hasMessageContaining("offset=12, byteSize=12, allowed up to=16");
            }
            block.free();
            unit.free();
            batch.abandon();
            for (Relocatable memory : all) {
                long far = memory.address() + (1L << 40);
                assertThatThrownBy(() -> memory.rel32(13, far)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> memory.rel32(0, far)).isInstanceOf(BlockStateException.class);
                assertThatThrownBy(() -> memory.abs32(0, -1)).isInstanceOf(BlockStateException.class);
                assertThatThrownBy(() -> memory.abs64(0, -1)).isInstanceOf(BlockStateException.class);
            }
        }
    }

    @Test
    void dataAcceptsFieldsAtAllTimes() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 0, 16));
            unit.publish();
            unit.data().orElseThrow().abs64(8, 7);
            assertThat(unit.data().orElseThrow().segment().get(ValueLayout.JAVA_LONG, 8)).isEqualTo(7);
        }
    }

    @OnEveryPath
    void codeBelowTwoGibibytesHoldsAddressesOf4Bytes(PathCell cell) {
        try (HugePages _ = cell.need(2);
                CodeHeap heap = cell.builder().belowTwoGibibytes().capacity(16 << 20).build()) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(8, 0, 4));
            UnitPart data = unit.data().orElseThrow();
            // mov eax, [disp32]; ret
            fill(unit.code(), new byte[] {(byte) 0x8b, 0x04, 0x25, 0, 0, 0, 0, (byte) 0xc3});
            unit.code().abs32(3, data.address());
            data.writable().set(ValueLayout.JAVA_INT, 0, 42);
            unit.publish();
            assertThat(NativeCode.call(unit.code().address())).isEqualTo(42);
            assertThat(data.address()).isLessThan(1L << 31);
            assertThat(heap.audit().isSafe()).isTrue();
        }
    }
}
