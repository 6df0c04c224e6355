package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a segment of {@code writable()} that is kept after the block was published or freed reaches no other block.
 * Method: the test writes through it while later blocks are written, and calls those.
 */
class LateWriteTest {
    private static CodeHeapBuilder builder(WritePath path) {
        return CodeHeap.builder().writePath(path).memory(MemoryDemand.SMALL);
    }

    @ParameterizedTest
    @EnumSource(names = {"POKE", "IN_PLACE"})
    void aBufferNeverBecomesThatOfALaterBlock(WritePath path) {
        try (CodeHeap heap = builder(path).build()) {
            List<MemorySegment> kept = new ArrayList<>();
            for (int round = 0; round < 50; round++) {
                CodeBlock block = heap.allocate(6);
                MemorySegment code = block.writable();
                code.copyFrom(MemorySegment.ofArray(NativeCode.returning(round)));
                kept.forEach(late -> late.copyFrom(MemorySegment.ofArray(NativeCode.returning(-1))));
                block.publish();
                code.copyFrom(MemorySegment.ofArray(NativeCode.returning(-2)));
                assertThat(NativeCode.call(block.address())).isEqualTo(round);
                kept.add(code);
                if (round % 2 == 0) {
                    block.free();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POKE", "IN_PLACE"})
    void theBuffersOfAUnitAreItsOwn(WritePath path) {
        try (CodeHeap heap = builder(path).build()) {
            CodeUnit first = heap.allocateUnit(new UnitSizes(6, 16, 0));
            MemorySegment late = first.constants().orElseThrow().writable();
            first.publish();
            CodeUnit second = heap.allocateUnit(new UnitSizes(6, 16, 0));
            second.constants().orElseThrow().writable().fill((byte) 1);
            late.fill((byte) 2);
            second.publish();
            assertThat(second.constants().orElseThrow().segment().toArray(ValueLayout.JAVA_BYTE))
                    .containsOnly(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ifLateWritesAreCheckedTheyThrow(WritePath path) {
        try (CodeHeap heap = builder(path).checkLateWrites().build()) {
            CodeBlock published = heap.allocate(6);
            MemorySegment code = published.writable();
            code.copyFrom(MemorySegment.ofArray(NativeCode.returning(5)));
            MemorySegment part = published.writable().asSlice(1, 2);
            published.publish();
            assertThatThrownBy(() -> code.fill((byte) 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> part.fill((byte) 0)).isInstanceOf(IllegalStateException.class);
            assertThat(NativeCode.call(published.address())).isEqualTo(5);

            CodeBlock freed = heap.allocate(6);
            MemorySegment unused = freed.writable();
            freed.free();
            assertThatThrownBy(() -> unused.fill((byte) 0)).isInstanceOf(IllegalStateException.class);

            CodeUnit unit = heap.allocateUnit(new UnitSizes(6, 16, 16));
            MemorySegment constants = unit.constants().orElseThrow().writable().fill((byte) 7);
            MemorySegment data = unit.data().orElseThrow().writable();
            unit.code().writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(6)));
            unit.publish();
            assertThatThrownBy(() -> constants.fill((byte) 0)).isInstanceOf(IllegalStateException.class);
            assertThat(unit.constants().orElseThrow().segment().get(ValueLayout.JAVA_BYTE, 15))
                    .isEqualTo((byte) 7);
            data.fill((byte) 1);
            assertThat(NativeCode.call(unit.code().address())).isEqualTo(6);
            unit.free();
            assertThat(heap.define(NativeCode.returning(8)).isPublished()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCheckedBlockIsWrittenInSeveralStepsAndAfterAShrink(WritePath path) {
        try (CodeHeap heap = builder(path).checkLateWrites().build()) {
            CodeBlock block = heap.allocate(100);
            block.writable().set(ValueLayout.JAVA_BYTE, 0, (byte) 0xc3);
            block.shrink(50);
            block.writable().set(ValueLayout.JAVA_BYTE, 49, (byte) 1);
            MemorySegment code = block.publish();
            assertThat(code.byteSize()).isEqualTo(50);
            assertThat(code.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 0xc3);
            assertThat(code.get(ValueLayout.JAVA_BYTE, 1)).isEqualTo(NativeCode.TRAP);
            assertThat(code.get(ValueLayout.JAVA_BYTE, 49)).isEqualTo((byte) 1);
        }
    }
}
