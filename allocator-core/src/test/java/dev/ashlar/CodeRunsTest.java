package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes become functions that run, on every rung, by objects and by addresses. */
class CodeRunsTest {
    private static final FunctionDescriptor NO_ARGUMENTS = FunctionDescriptor.of(ValueLayout.JAVA_INT);

    @OnEveryRung
    void definedBytesRun(MemoryDemand memory) throws Throwable {
        try (HugePages _ = HugePages.need(memory, 1);
                CodeHeap heap = CodeHeap.builder().memory(memory).build()) {
            CodeBlock block = heap.define(NativeCode.returning(42));
            MethodHandle answer = block.bind(NO_ARGUMENTS);

            assertThat((int) answer.invokeExact()).isEqualTo(42);
            assertThat(block.isPublished()).isTrue();
            assertThat(block.byteSize()).isEqualTo(6);
            assertThat(block).hasToString(
                    "CodeBlock[address=0x" + Long.toHexString(block.address()) + ", byteSize=6, PUBLISHED]");
        }
    }

    @OnEveryRung
    void bytesWrittenInOneViewRunInTheOther(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 1);
                CodeHeap heap = CodeHeap.builder().memory(memory).build()) {
            CodeBlock block = heap.allocate(6);
            MemorySegment writable = block.writable();
            writable.copyFrom(MemorySegment.ofArray(NativeCode.returning(7)));
            MemorySegment executable = block.publish();

            assertThat(NativeCode.call(block.address())).isEqualTo(7);
            assertThat(executable.isReadOnly()).isTrue();
            assertThat(executable.address()).isEqualTo(block.address());
            assertThat(executable.mismatch(writable)).isEqualTo(-1);
            assertThat(block.executable()).isEqualTo(executable);

            // The alias stays: later writes are visible too.
            writable.set(ValueLayout.JAVA_BYTE, 1, (byte) 8);
            assertThat(NativeCode.call(block.address())).isEqualTo(8);
        }
    }

    @OnEveryRung
    void codeIsWrittenFromHeapAndNativeMemoryAndFromPartsOfThem(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 1);
                CodeHeap heap = CodeHeap.builder().memory(memory).build();
                Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(100);
            source.asSlice(50).copyFrom(MemorySegment.ofArray(NativeCode.returning(50)));
            CodeAddresses code = heap.addresses();
            long address = code.allocate(20);
            code.write(address, 0, source, 50, 6);
            code.publish(address);
            assertThat(NativeCode.call(address)).isEqualTo(50);
            assertThat(NativeCode.call(heap.define(source.asSlice(50, 6)).address())).isEqualTo(50);

            code.write(address, 1, MemorySegment.ofArray(new byte[] {9, 51, 9}), 1, 1);
            assertThat(NativeCode.call(address)).isEqualTo(51);
            long writable = code.writable(address + 1);
            assertThat(writable - heap.report().writableAddress())
                    .isEqualTo(address + 1 - heap.report().address());
            code.free(address);
        }
    }

    @OnEveryRung
    void blocksAreAlignedInBothViewsUpToARegion(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 8);
                CodeHeap heap = CodeHeap.builder().memory(memory).capacity(64 << 20).build()) {
            for (long alignment = 1; alignment <= CodeHeap.LARGEST_ALIGNMENT; alignment *= 2) {
                for (long byteSize : new long[] {1, 100, 5000}) {
                    CodeBlock block = heap.allocate(byteSize, alignment);
                    long whole = Math.max(alignment, 16);
                    assertThat(block.address() % whole).as("executable at %d", alignment).isZero();
                    assertThat(block.writable().address() % whole).as("writable at %d", alignment).isZero();
                    block.free();
                }
            }
        }
    }

    @OnEveryRung
    void manyFunctionsOfAllSizesKeepTheirBytes(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 16);
                CodeHeap heap = CodeHeap.builder().memory(memory).capacity(64 << 20).build()) {
            List<CodeBlock> blocks = new ArrayList<>();
            for (int index = 0; index < 2000; index++) {
                byte[] code = new byte[6 + index * 7 % 9000];
                MemorySegment.copy(NativeCode.returning(index), 0, MemorySegment.ofArray(code),
                        ValueLayout.JAVA_BYTE, 0, 6);
                code[code.length - 1] = code.length > 6 ? (byte) index : code[5];
                blocks.add(heap.define(code));
            }
            for (int index = 0; index < blocks.size(); index++) {
                assertThat(NativeCode.call(blocks.get(index).address())).isEqualTo(index);
            }
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void theDistanceOfTheTwoViewsDiffersFromHeapToHeap() {
        List<Long> distances = new ArrayList<>();
        for (int index = 0; index < 4; index++) {
            try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
                distances.add(heap.report().writableAddress() - heap.report().address());
            }
        }
        assertThat(distances).doesNotHaveDuplicates();
    }

    @Test
    void theExecutableSegmentRefusesWritesInsteadOfCrashing() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            MemorySegment executable = heap.define(NativeCode.returning(1)).executable();
            assertThatThrownBy(() -> executable.set(ValueLayout.JAVA_BYTE, 0, (byte) 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anAddressLeadsToTheBlockAroundIt() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            CodeBlock block = heap.define(NativeCode.returning(1));
            CodeAddresses code = heap.addresses();
            assertThat(code.blockContaining(block.address() + 5)).isEqualTo(block.address());
            assertThat(code.blockContaining(block.address() + (1 << 20))).isZero();
            assertThat(code.blockContaining(0)).isZero();
            assertThat(code.blockContaining(Long.MIN_VALUE)).isZero();
            assertThat(code.usableByteSize(block.address())).isEqualTo(16);
            block.free();
            assertThat(code.blockContaining(block.address())).isZero();
        }
    }

    @Test
    void aSourceThatCannotBeReadLeavesNoBlockBehind() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            MemorySegment closed;
            try (Arena arena = Arena.ofConfined()) {
                closed = arena.allocate(100);
            }
            assertThatThrownBy(() -> heap.define(closed)).isInstanceOf(IllegalStateException.class);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }
}
