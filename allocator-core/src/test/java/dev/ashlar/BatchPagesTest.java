package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches in place hold whole pages: few if their constants lie with the code, and huge ones after a load. */
@SuppressWarnings("restricted")
class BatchPagesTest {
    private static final long PAGE = 4096;
    private static final long REGION = 2 << 20;

    private static BatchSection returning(CodeBatch batch, int value) {
        BatchSection section = batch.allocate(Domain.CODE, 64, 16);
        MemorySegment.copy(NativeCode.returning(value), 0, section.writable(), ValueLayout.JAVA_BYTE, 0, 6);
        return section;
    }

    @Test
    void healingOnRequestClosesAPartFilledRegionAndCountsItsRest() {
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.THP)
                .writePath(WritePath.IN_PLACE)
                .build();
                CodeBatch batch = heap.openBatch()) {
            BatchSection first = returning(batch, 1);
            PublishedBatch published = batch.publish();
            assertThat(heap.audit().isHuge()).isFalse();
            assertThat(heap.heal()).isEqualTo(1);
            assertThat(heap.audit().isHuge()).isTrue();
            long restByteSize = REGION - published.byteSize();
            assertThat(heap.stats().withheldByteSize()).isEqualTo(restByteSize);
            MemorySegment rest = MemorySegment.ofAddress(first.address() + published.byteSize());
            assertThat(rest.reinterpret(restByteSize).toArray(ValueLayout.JAVA_BYTE)).containsOnly(NativeCode.TRAP);
            try (CodeBatch next = heap.openBatch()) {
                BatchSection second = returning(next, 2);
                next.publish().free();
                assertThat(second.address() / REGION).isNotEqualTo(first.address() / REGION);
            }
            assertThat(NativeCode.call(first.address())).isEqualTo(1);
            published.free();
            heap.heal();
            assertThat(heap.stats().withheldByteSize()).isZero();
            heap.checkInvariants();
        }
    }

    /** The target of 200 modules, each with code and constants. */
    @ParameterizedTest
    @EnumSource(names = {"THP", "SMALL"})
    void aSmallBatchWhoseConstantsLieWithItsCodeHoldsOnePage(MemoryDemand memory) {
        try (CodeHeap heap =
                CodeHeap.builder().memory(memory).writePath(WritePath.IN_PLACE).build()) {
            for (ConstantPlacement placement : ConstantPlacement.values()) {
                List<PublishedBatch> published = new ArrayList<>();
                for (int module = 0; module < 200; module++) {
                    try (CodeBatch batch = heap.openBatch(placement)) {
                        // mov eax, [rip + disp32]; ret
                        BatchSection code = batch.allocate(Domain.CODE, 7, 16);
                        BatchSection constants = batch.allocate(Domain.RODATA, 4, 4);
                        MemorySegment.copy(new byte[] {(byte) 0x8b, 0x05, 0, 0, 0, 0, (byte) 0xc3}, 0,
                                code.writable(), ValueLayout.JAVA_BYTE, 0, 7);
                        code.rel32(2, constants.address());
                        constants.writable().set(ValueLayout.JAVA_INT, 0, module);
                        published.add(batch.publish());
                        assertThat(NativeCode.call(code.address())).isEqualTo(module);
                    }
                }
                long pageCount = placement == ConstantPlacement.WITH_CODE ? 1 : 2;
                assertThat(published).allMatch(batch -> batch.byteSize() == pageCount * PAGE);
                assertThat(heap.audit().isSafe()).isTrue();
                published.forEach(PublishedBatch::free);
                assertThat(heap.stats().liveBlockCount()).isZero();
            }
        }
    }
}
