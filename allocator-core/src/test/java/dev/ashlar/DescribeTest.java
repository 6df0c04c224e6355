package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.memory.Access;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.AddressReport;
import dev.ashlar.report.AddressReport.FreeMemory;
import dev.ashlar.report.AddressReport.LiveBlock;
import dev.ashlar.report.FormerBlock;
import dev.ashlar.report.HeapClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A heap says what lies at an address, and, with a history, what was there. */
class DescribeTest {
    private static CodeHeap heap(Evidence evidence) {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).evidence(evidence).build();
    }

    private static CodeBlock answer(CodeHeap heap) {
        return heap.define(NativeCode.returning(42));
    }

    @OnEveryPath
    void everyByteOfALiveBlockBelongsToIt(PathCell cell) {
        try (HugePages _ = cell.need(1); CodeHeap heap = cell.builder().build()) {
            for (int byteSize : new int[] {1, 100, 5000, 70_000}) {
                long address = heap.addresses().allocate(byteSize);
                for (long at : new long[] {address, address + byteSize / 2, address + byteSize - 1}) {
                    assertThat(heap.describe(at)).isInstanceOfSatisfying(LiveBlock.class, block -> {
                        assertThat(block.domain()).isEqualTo(Domain.CODE);
                        assertThat(block.blockAddress()).isEqualTo(address);
                        assertThat(block.blockByteSize()).isGreaterThanOrEqualTo(byteSize);
                    });
                }
            }
        }
    }

    @Test
    void codeIsFoundInTheViewThroughWhichItIsWrittenToo() {
        try (CodeHeap heap = heap(Evidence.NONE)) {
            CodeBlock block = heap.allocate(100);
            long written = block.writable().address();
            LiveBlock found = (LiveBlock) heap.describe(written + 99);
            assertThat(found.blockAddress()).isEqualTo(written);
            assertThat(found.view()).isEqualTo(written == block.address() ? Access.EXECUTE : Access.WRITE);
            assertThat(found).hasToString("0x%x is byte 99 of a live block of code at 0x%x, 112 bytes, %s"
                    .formatted(written + 99, written, found.view()));
        }
    }

    @Test
    void thePartsOfAUnitLieInTheirDomains() {
        try (CodeHeap heap = heap(Evidence.NONE)) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(64, 64, 64));
            assertThat(List.of(unit.code(), unit.constants().orElseThrow(), unit.data().orElseThrow()))
                    .allSatisfy(part -> assertThat(heap.describe(part.address()))
                            .isInstanceOfSatisfying(LiveBlock.class,
                                    block -> assertThat(block.domain()).isEqualTo(part.domain())));
        }
    }

    @Test
    void whatIsNotALiveBlockSaysWhatItIs() {
        try (CodeHeap heap = heap(Evidence.NONE)) {
            long base = heap.report().address();
            assertThat(heap.describe(base)).isInstanceOf(FreeMemory.class);
            assertThat(heap.describe(base + heap.report().capacityByteSize() - 1))
                    .isInstanceOf(AddressReport.NotCommitted.class);
            assertThat(heap.describe(base - 1)).isInstanceOf(AddressReport.Guard.class);
            for (long address : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 4096}) {
                assertThat(heap.describe(address)).isEqualTo(new AddressReport.Elsewhere(address));
            }
        }
    }

    @Test
    void withoutAHistoryAFreedBlockIsForgotten() {
        try (CodeHeap heap = heap(Evidence.NONE)) {
            CodeBlock block = answer(heap);
            long address = block.address();
            block.free();
            assertThat(((FreeMemory) heap.describe(address)).lastBlock()).isEmpty();
        }
    }

    @OnEveryPath
    void aHistoryKnowsTheBlockThatWasFreedLast(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().evidence(Evidence.NONE.history(16)).build()) {
            CodeBlock block = heap.allocate(100);
            long address = block.address();
            block.free();
            Optional<FormerBlock> last = ((FreeMemory) heap.describe(address + 99)).lastBlock();
            assertThat(last).hasValueSatisfying(former -> {
                assertThat(former.address()).isEqualTo(address);
                assertThat(former.byteSize()).isGreaterThanOrEqualTo(100);
                assertThat(former.freedByThreadId()).isEqualTo(Thread.currentThread().threadId());
                assertThat(former.age()).isPositive();
            });
        }
    }

    @Test
    void aHistoryRemembersAsManyBlocksAsItWasBuiltFor() {
        try (CodeHeap heap = heap(Evidence.NONE.history(3))) {
            List<CodeBlock> blocks = new ArrayList<>();
            for (int count = 0; count < 4; count++) {
                blocks.add(heap.allocate(1 << 16));
            }
            List<Long> addresses = blocks.stream().map(CodeBlock::address).toList();
            blocks.forEach(CodeBlock::free);
            assertThat(addresses.stream().map(heap::describe)
                    .map(report -> ((FreeMemory) report).lastBlock().map(FormerBlock::address)))
                    .containsExactly(Optional.empty(), Optional.of(addresses.get(1)), Optional.of(addresses.get(2)),
                            Optional.of(addresses.get(3)));
        }
    }

    @Test
    void aRefusedFreeIsNoHistory() {
        try (CodeHeap heap = heap(Evidence.NONE.history(8))) {
            CodeBlock block = answer(heap);
            long address = block.address();
            block.free();
            FormerBlock once = ((FreeMemory) heap.describe(address)).lastBlock().orElseThrow();
            assertThatThrownBy(() -> heap.addresses().free(address)).isInstanceOf(RuntimeException.class);
            FormerBlock again = ((FreeMemory) heap.describe(address)).lastBlock().orElseThrow();
            assertThat(again.age()).isGreaterThanOrEqualTo(once.age());
        }
    }

    @Seeded
    void descriptionsAgreeWithAMapOfBlocks(long seed) {
        try (CodeHeap heap = heap(Evidence.NONE.history(1000))) {
            List<Long> live = new ArrayList<>();
            Seeds.run(seed, 20_000, random -> {
                if (live.isEmpty() || (random.nextInt(100) < 55 && live.size() < 500)) {
                    long address = heap.addresses().allocate(random.nextInt(1, 9000));
                    assertThat(((LiveBlock) heap.describe(address)).blockAddress()).isEqualTo(address);
                    live.add(address);
                } else {
                    long address = live.remove(random.nextInt(live.size()));
                    heap.addresses().free(address);
                    FreeMemory free = (FreeMemory) heap.describe(address);
                    assertThat(free.lastBlock().orElseThrow().address()).isEqualTo(address);
                }
            });
        }
    }

    @Test
    void aClosedHeapDescribesNothing() {
        CodeHeap heap = heap(Evidence.NONE.history(1).allocationSites());
        heap.close();
        assertThatThrownBy(() -> heap.describe(1)).isInstanceOf(HeapClosedException.class);
        assertThatThrownBy(heap::liveSites).isInstanceOf(HeapClosedException.class);
    }

    @Test
    void aHistoryHasARange() {
        for (int length : new int[] {Integer.MIN_VALUE, 0, Evidence.LONGEST_HISTORY + 1}) {
            assertThatThrownBy(() -> Evidence.NONE.history(length)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("blockCount=" + length);
        }
    }
}
