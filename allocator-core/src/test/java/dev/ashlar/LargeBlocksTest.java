package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Blocks of a large part of a region lie side by side, also across the ends of regions, and run there. */
class LargeBlocksTest {
    private static final long REGION = 2 << 20;
    private static final long BLOCK = REGION / 2 + 4096;

    @OnEveryRung
    void blocksOfJustOverHalfARegionCommitOnlyTheRegionsThatTheyFill(MemoryDemand memory) {
        int blockCount = 7;
        int regionCount = (int) Math.ceilDiv(blockCount * BLOCK, REGION);
        try (HugePages _ = HugePages.need(memory, regionCount);
                CodeHeap heap = CodeHeap.builder()
                        .memory(memory)
                        .capacity(regionCount * REGION)
                        .withoutPreparedRegions()
                        .build()) {
            List<CodeBlock> blocks = new ArrayList<>();
            for (int count = 0; count < blockCount; count++) {
                blocks.add(heap.allocate(BLOCK));
            }
            assertThat(heap.committedByteSize()).isEqualTo(regionCount * REGION);
            assertThat(heap.audit().isClean()).isTrue();

            blocks.forEach(CodeBlock::free);
            assertThat(heap.trim()).isGreaterThan(0);
            assertThat(heap.committedByteSize()).isZero();
        }
    }

    @OnEveryRung
    void aFunctionThatLiesAcrossTwoRegionsRuns(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 2);
                CodeHeap heap = CodeHeap.builder()
                        .memory(memory)
                        .capacity(2 * REGION)
                        .build()) {
            CodeBlock first = heap.allocate(BLOCK);
            CodeBlock crossing = heap.allocate(BLOCK);
            long intoBlock = first.address() + REGION - crossing.address() - 3;
            assertThat(intoBlock).isBetween(0L, BLOCK);

            MemorySegment function = crossing.writable().asSlice(intoBlock);
            function.asSlice(0, 6).copyFrom(MemorySegment.ofArray(NativeCode.returning(4711)));
            crossing.publish();
            assertThat(NativeCode.call(crossing.address() + intoBlock)).isEqualTo(4711);

            first.free();
            assertThat(NativeCode.call(crossing.address() + intoBlock)).isEqualTo(4711);
            assertThat(heap.committedByteSize()).isEqualTo(2 * REGION);
        }
    }
}
