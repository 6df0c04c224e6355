package dev.ashlar.field;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeGroup;
import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.AllocationSite;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A heap that records allocation sites says where its live blocks were taken. */
class AllocationSitesTest {
    private static CodeHeap heap() {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).name("leaky").evidence(Evidence.NONE.allocationSites())
                .build();
    }

    private static void leak(CodeHeap heap) {
        heap.allocate(100);
    }

    @Test
    void aSiteIsTheCallerAndCountsItsBlocks() {
        try (CodeHeap heap = heap()) {
            for (int count = 0; count < 3; count++) {
                leak(heap);
            }
            List<AllocationSite> sites = heap.liveSites();
            assertThat(sites).singleElement().satisfies(site -> {
                assertThat(site.stack().getFirst().getMethodName()).isEqualTo("leak");
                assertThat(site.blockCount()).isEqualTo(3);
                assertThat(site.byteSize()).isEqualTo(300);
            });
        }
    }

    @Test
    void everyKindOfBlockHasASiteUntilItEnds() {
        try (CodeHeap heap = heap()) {
            var block = heap.define(NativeCode.returning(1));
            long address = heap.addresses().allocate(5000);
            var unit = heap.allocateUnit(new UnitSizes(10, 10, 10));
            CodeGroup group = heap.openGroup();
            group.allocate(1 << 20);
            assertThat(heap.liveSites().stream().mapToLong(AllocationSite::blockCount).sum()).isEqualTo(6);
            block.free();
            heap.addresses().free(address);
            unit.free();
            group.close();
            assertThat(heap.liveSites()).isEmpty();
        }
    }

    @Test
    void aShrunkBlockCountsItsNewSize() {
        try (CodeHeap heap = heap()) {
            heap.allocate(3000).shrink(20);
            assertThat(heap.liveSites()).singleElement().satisfies(
                    site -> assertThat(site.byteSize()).isEqualTo(20));
        }
    }

    @Test
    void theCloseWarnsOnceAboutLiveBlocks() {
        assertThat(close("leak"))
                .containsOnlyOnce("heap leaky was closed with 2 live blocks, taken at 1 site:")
                .containsOnlyOnce("2 blocks, 200 bytes")
                .containsOnlyOnce("LeakChild.leak(");
    }

    @Test
    void theCloseOfAHeapWithoutLiveBlocksSaysNothing() {
        assertThat(close("free")).isEqualTo("closed\n");
    }

    private static String close(String action) {
        ChildJvm.Outcome outcome = ChildJvm.ofModule(LeakChild.class).nativeAccess().run(action);
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return outcome.output();
    }

    @Test
    void aHeapThatRecordsNothingHasNoSites() {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).build()) {
            heap.allocate(100, 16);
            assertThat(heap.liveSites()).isEmpty();
        }
    }
}
