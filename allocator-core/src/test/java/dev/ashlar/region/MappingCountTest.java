package dev.ashlar.region;

import static dev.ashlar.TestHeaps.over;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.ProcessMaps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The number of VMAs depends on committed regions alone, and no permission ever changes. */
class MappingCountTest {
    private static final long REGION = 2 << 20;

    @OnEveryRung
    void tenThousandFunctionsNeedNoFurtherMapping(MemoryDemand memory) {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (HugePages _ = HugePages.need(memory, 4);
                CodeHeap heap = over(calls, CodeHeap.builder()).memory(memory).capacity(8 * REGION).build()) {
            heap.precommit(4 * REGION);
            int before = heap.audit().vmaCount();
            calls.forget();
            List<CodeBlock> blocks = new ArrayList<>();
            for (int index = 0; index < 10_000; index++) {
                CodeBlock block = heap.define(NativeCode.returning(index));
                blocks.add(block);
                if (index % 1000 == 0) {
                    assertThat(NativeCode.call(block.address())).isEqualTo(index);
                }
            }
            assertThat(heap.audit().vmaCount()).isEqualTo(before);
            blocks.forEach(CodeBlock::free);
            assertThat(heap.audit().vmaCount()).isEqualTo(before);
            assertThat(heap.stats().mprotectCallCount()).isZero();
            assertThat(calls.count("mprotect")).isZero();
            assertThat(calls.calls()).extracting(FaultyCalls.Call::method).isSubsetOf("open", "ioctl", "close");
        }
    }

    @OnEveryRung
    void aRunOfRegionsIsOneMappingInEachViewIfTheKernelMergesThem(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 5);
                CodeHeap heap =
                        CodeHeap.builder().memory(memory).capacity(16 * REGION).withoutPreparedRegions().build()) {
            List<CodeBlock> blocks = new ArrayList<>();
            for (int count = 1; count <= 5; count++) {
                blocks.add(heap.allocate(REGION));
                int expected = memory == MemoryDemand.HUGETLB ? count : 1;
                assertThat(committedMappings(heap.report().address())).isEqualTo(expected);
                assertThat(committedMappings(heap.report().writableAddress())).isEqualTo(expected);
            }
            blocks.get(1).free();
            blocks.get(3).free();
            heap.trim();
            int runs = 3;
            assertThat(committedMappings(heap.report().address())).isEqualTo(runs);
            assertThat(committedMappings(heap.report().writableAddress())).isEqualTo(runs);
            // The runs, the holes between them, and the guards, one of which forms one VMA with the hole before it.
            assertThat(heap.audit().vmaCount()).isEqualTo(2 * (runs + 4));

            heap.allocate(REGION);
            heap.allocate(REGION);
            int whole = memory == MemoryDemand.HUGETLB ? 5 : 1;
            assertThat(committedMappings(heap.report().address())).isEqualTo(whole);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    private static long committedMappings(long base) {
        return ProcessMaps.readWithin(List.of(AddressRange.ofSize(base, 16 * REGION))).mappings().stream()
                .filter(mapping -> !mapping.permissions().equals("---p"))
                .count();
    }

    @OnEveryRung
    void aHeapCallsMprotectAtNoTime(MemoryDemand memory) {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (HugePages _ = HugePages.need(memory, 4)) {
            CodeHeap heap = over(calls, CodeHeap.builder()).memory(memory).build();
            CodeBlock large = heap.allocate(3 * REGION);
            heap.define(NativeCode.returning(1)).free();
            large.shrink(REGION);
            large.free();
            heap.trim();
            heap.audit();
            heap.close();
            assertThat(calls.count("mmap")).isGreaterThan(8);
            assertThat(calls.count("mprotect")).isZero();
        }
    }

    @Test
    void theHeapCountsEveryMprotectCallThatItMakes() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap heap = over(calls, CodeHeap.builder())
                .memory(MemoryDemand.SMALL)
                .writePath(WritePath.IN_PLACE)
                .build()) {
            int before = calls.count("mprotect");
            long counted = heap.stats().mprotectCallCount();
            heap.define(NativeCode.returning(1)).free();
            heap.allocateUnit(new UnitSizes(100, 100, 100)).publish();
            assertThat(calls.count("mprotect")).isGreaterThanOrEqualTo(before + 3);
            assertThat(heap.stats().mprotectCallCount() - counted).isEqualTo(calls.count("mprotect") - before);
        }
    }

    @Test
    void aSpanOf64GibibytesIsReservedWithoutMemory() {
        long capacity = 64L << 30;
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).capacity(capacity).build()) {
            assertThat(heap.report().capacityByteSize()).isEqualTo(capacity);
            assertThat(heap.committedByteSize()).isEqualTo(REGION);
            heap.free(heap.allocate(100_000));
            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).isTrue();
            // A guard, the first region, and the hole with the other guard.
            assertThat(audit.vmaCount()).isEqualTo(3);
        }
    }
}
