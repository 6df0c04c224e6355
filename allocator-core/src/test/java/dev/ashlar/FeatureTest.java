package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Feature;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A heap says what it serves, so that no caller finds out from an exception. */
class FeatureTest {
    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#batches")
    void aHeapServesWhatItSaysAndNothingElse(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build()) {
            for (Feature feature : Feature.values()) {
                boolean isServed;
                try {
                    isServed = use(heap, feature);
                } catch (WritePathException refused) {
                    isServed = false;
                }
                assertThat(heap.supports(feature)).as(feature.name()).isEqualTo(isServed);
            }
        }
    }

    private static boolean use(CodeHeap heap, Feature feature) {
        switch (feature) {
            case BLOCKS -> heap.define(NativeCode.returning(1)).free();
            case WRITE_IN_PLACE -> {
                try (CodeBatch batch = heap.openBatch()) {
                    BatchSection section = batch.allocate(Domain.CODE, 64, 16);
                    return section.address() == section.writable().address();
                }
            }
            case WRITABLE_ADDRESS -> {
                long address = heap.addresses().allocate(64);
                try {
                    return heap.addresses().writable(address) != 0;
                } finally {
                    heap.addresses().free(address);
                }
            }
            case PATCH -> {
                CodeBlock block = heap.define(NativeCode.returning(1));
                try {
                    block.patch(1, 2, 1);
                } finally {
                    block.free();
                }
            }
            case TRAMPOLINES -> heap.openTrampolines(1).close();
        }
        return true;
    }

    @Test
    void withoutABarrierForCodeThereIsNoPatch() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        calls.failAll("membarrier", Errno.ENOSYS);
        try (CodeHeap heap =
                CodeHeap.builder().memory(MemoryDemand.SMALL).systemCalls(calls).build()) {
            assertThat(heap.supports(Feature.PATCH)).isFalse();
        }
    }

    @Test
    void withoutRoomForDataThereAreNoTrampolines() {
        try (CodeHeap heap =
                CodeHeap.builder().memory(MemoryDemand.SMALL).dataCapacity(0).build()) {
            assertThat(heap.supports(Feature.TRAMPOLINES)).isFalse();
            assertThatThrownBy(() -> heap.openTrampolines(1)).isInstanceOf(HeapExhaustedException.class);
        }
    }

    @Test
    void aClosedHeapServesNothing() {
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
        heap.close();
        assertThatThrownBy(() -> heap.supports(Feature.BLOCKS)).isInstanceOf(HeapClosedException.class);
    }
}
