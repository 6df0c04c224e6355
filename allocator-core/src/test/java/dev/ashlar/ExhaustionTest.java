package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A full heap throws with figures, changes nothing, and serves again after a free. */
class ExhaustionTest {
    private static final long REGION = 2 << 20;

    @ParameterizedTest
    @ValueSource(longs = {16, 64, 256, 1024, 4096, 65_536, REGION})
    void aHeapOfOneRegionCanBeFilledToTheLastByte(long byteSize) {
        try (CodeHeap heap =
                CodeHeap.builder().memory(MemoryDemand.SMALL).capacity(REGION).build()) {
            CodeAddresses code = heap.addresses();
            List<Long> blocks = new ArrayList<>();
            for (long taken = 0; taken < REGION; taken += byteSize) {
                blocks.add(code.allocate(byteSize));
            }
            HeapStats full = heap.stats();
            assertThat(full.liveByteSize()).isEqualTo(REGION);
            assertThat(full.freeByteSize()).isZero();
            assertThat(blocks).doesNotHaveDuplicates();

            assertThatThrownBy(() -> code.allocate(1)).isInstanceOf(HeapExhaustedException.class);
            assertThatThrownBy(() -> code.allocate(byteSize)).isInstanceOf(HeapExhaustedException.class);
            assertUnchanged(heap, full);

            long freed = blocks.get(blocks.size() / 2);
            code.free(freed);
            assertThat(code.allocate(byteSize)).isEqualTo(freed);
            assertThatThrownBy(() -> code.allocate(1)).isInstanceOf(HeapExhaustedException.class);

            blocks.forEach(code::free);
            assertThat(heap.stats().liveByteSize()).isZero();
            assertThat(code.usableByteSize(code.allocate(REGION))).isEqualTo(REGION);
            heap.space().blocks().checkInvariants();
        }
    }

    @OnEveryRung
    void theExceptionHasTheFigures(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 2);
                CodeHeap heap =
                        CodeHeap.builder().memory(memory).capacity(2 * REGION).build()) {
            CodeBlock first = heap.allocate(REGION + 4096);
            HeapStats before = heap.stats();
            HeapExhaustedException full =
                    catchThrowableOfType(HeapExhaustedException.class, () -> heap.allocate(REGION));

            assertThat(full.byteSize()).isEqualTo(REGION);
            assertThat(full.largestFreeByteSize()).isEqualTo(REGION - 4096);
            assertThat(full.capacityByteSize()).isEqualTo(2 * REGION);
            assertThat(full.committedByteSize()).isEqualTo(2 * REGION);
            assertThat(full.refusals()).isEmpty();
            assertThat(full)
                    .hasMessage("no room in heap ashlar for code: asked=2097152 bytes, largest free run=2093056 bytes,"
                            + " committed=4194304 bytes, capacity=4194304 bytes, backing=["
                            + memory.ladder(WritePath.ALIAS).getFirst()
                            + "]. Free blocks, drop collected ones, or build the heap with a larger capacity for"
                            + " code.");
            assertUnchanged(heap, before);

            assertThat(NativeCode.call(heap.define(NativeCode.returning(42)).address())).isEqualTo(42);
            first.free();
            heap.allocate(REGION).free();
        }
    }

    @Test
    void anEarlierRefusalIsNotReportedAsTheCause() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .capacity(2 * REGION)
                .systemCalls(calls)
                .build()) {
            // All but a page: a packed run has no room and its commit is refused, but a run of one page has room.
            heap.allocate(REGION - 4096);
            calls.failAll("fallocate", Errno.ENOSPC);
            heap.allocate(3000);
            calls.heal();
            heap.allocate(REGION);

            HeapExhaustedException full =
                    catchThrowableOfType(HeapExhaustedException.class, () -> heap.allocate(REGION));
            assertThat(full.refusals()).isEmpty();
        }
    }

    @Test
    void aSizeThatFitsNoPlaceIsRefusedWithoutACall() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .capacity(3 * REGION)
                .systemCalls(calls)
                .build()) {
            CodeBlock first = heap.allocate(REGION);
            heap.allocate(REGION);
            first.free();
            calls.forget();
            assertThatThrownBy(() -> heap.allocate(2 * REGION)).isInstanceOf(HeapExhaustedException.class);
            assertThat(calls.calls()).isEmpty();
        }
    }

    /** A failed search may have made an index that was not needed before. */
    private static void assertUnchanged(CodeHeap heap, HeapStats before) {
        assertThat(heap.stats()).usingRecursiveComparison().ignoringFields("metadataByteSize").isEqualTo(before);
    }
}
