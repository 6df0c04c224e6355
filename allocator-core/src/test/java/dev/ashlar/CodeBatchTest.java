package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.report.WritePathException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch is written at the addresses where it will run, and published in one step with the fewest calls. */
class CodeBatchTest {
    private static final long REGION = 2 << 20;

    private static MemorySegment write(CodeBatch batch, int value) {
        MemorySegment section = batch.allocate(Domain.CODE, 64, 16);
        MemorySegment.copy(NativeCode.returning(value), 0, section, ValueLayout.JAVA_BYTE, 0, 6);
        return section;
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#batches")
    void codeRunsWhereItWasWritten(PathCell cell) {
        try (HugePages _ = cell.need(2);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            long first = write(batch, 1).address();
            long second = write(batch, 2).address();
            PublishedBatch code = batch.publish();

            assertThat(NativeCode.call(first)).isEqualTo(1);
            assertThat(NativeCode.call(second)).isEqualTo(2);
            assertThat(heap.audit().isClean() || heap.ledger().splitCount() == 1).isTrue();
            assertThat(heap.audit().misplaced()).isEmpty();
            code.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    @SuppressWarnings("restricted")
    void aSegmentThatEndsOutsideTheBatchIsRefused() {
        try (CodeHeap heap =
                CodeHeap.builder().writePath(WritePath.IN_PLACE).memory(MemoryDemand.SMALL).build();
                CodeBatch batch = heap.openBatch()) {
            MemorySegment section = write(batch, 1);
            PublishedBatch code = batch.publish();
            for (long[] slice : new long[][] {{-1, 1}, {0, 4097}, {1, 4096}, {1, Long.MAX_VALUE}, {5000, 0}}) {
                MemorySegment other =
                        MemorySegment.ofAddress(section.address() + slice[0]).reinterpret(slice[1]);
                assertThatThrownBy(() -> code.segment(other))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("has no section of " + slice[1] + " bytes");
            }
            assertThat(code.segment(section.asSlice(1, 63)).byteSize()).isEqualTo(63);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#batches")
    void publishingMakesOneCallForEachDomainExceptData(PathCell cell) {
        try (HugePages _ = cell.need(4);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            for (int index = 0; index < 100; index++) {
                write(batch, index);
                batch.allocate(Domain.RODATA, 40, 8).fill((byte) index);
                batch.allocate(Domain.DATA, 40, 8).fill((byte) index);
            }
            batch.publish();
            assertThat(heap.ledger().mprotectCallCount()).isEqualTo(2);
            assertThat(heap.ledger().changesAsked()).isEqualTo(200);
            assertThat(heap.ledger().callsSaved()).isEqualTo(198);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#batches")
    void aBatchOverSeveralRegionsLiesInARowAndNeedsOneCall(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            List<MemorySegment> sections = new ArrayList<>();
            for (int index = 0; index < 5; index++) {
                sections.add(batch.allocate(Domain.CODE, REGION / 2, 16));
            }
            List<Long> addresses = sections.stream().map(MemorySegment::address).toList();
            batch.publish();
            assertThat(heap.ledger().mprotectCallCount()).isEqualTo(1);
            assertThat(addresses).isSorted();
            assertThat(heap.audit().misplaced()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#batches")
    void aSectionLargerThanARegionIsServed(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            MemorySegment section = batch.allocate(Domain.CODE, 2 * REGION + 100, 16);
            section.fill((byte) 0x90);
            long address = section.address();
            batch.publish();
            assertThat(heap.space().zone().front().segment()
                    .get(ValueLayout.JAVA_BYTE, address - heap.space().zone().base() + 2 * REGION + 99))
                    .isEqualTo((byte) 0x90);
        }
    }

    @Test
    void aRegionHasOneJointAfterAnyNumberOfBatches() {
        PathCell cell = new PathCell(WritePath.IN_PLACE, MemoryDemand.THP);
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().build()) {
            for (int round = 0; round < 10; round++) {
                try (CodeBatch batch = heap.openBatch()) {
                    write(batch, round);
                    assertThat(vmas(heap)).hasSize(round == 0 ? 1 : 2);
                    batch.publish();
                }
                assertThat(vmas(heap)).extracting(Mapping::permissions).containsExactly("r-xp", "rw-p");
            }
            assertThat(heap.ledger().splitCount()).isEqualTo(1);
            assertThat(heap.ledger().splitRegions()).singleElement().satisfies(split -> assertThat(split)
                    .isEqualTo(new LedgerReport.SplitRegion(Domain.CODE, 0, 10, 1)));
        }
    }

    private static List<Mapping> vmas(CodeHeap heap) {
        AddressRange region = AddressRange.ofSize(heap.report().address(), REGION);
        return ProcessMaps.readWithin(List.of(region)).mappings();
    }

    @Test
    void openBatchesDoNotShareARegion() {
        try (CodeHeap heap = CodeHeap.builder().writePath(WritePath.IN_PLACE).memory(MemoryDemand.SMALL).build();
                CodeBatch one = heap.openBatch();
                CodeBatch other = heap.openBatch()) {
            long first = write(one, 1).address();
            long second = write(other, 2).address();
            assertThat(first / REGION).isNotEqualTo(second / REGION);
            assertThat(write(one, 3).address() - first).isEqualTo(64);
            one.publish();
            other.publish();
            assertThat(NativeCode.call(first) + NativeCode.call(second)).isEqualTo(3);
            try (CodeBatch third = heap.openBatch()) {
                assertThat(write(third, 4).address() / REGION).isIn(first / REGION, second / REGION);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#batches")
    void anAbandonedBatchLeavesNothing(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build()) {
            CodeBatch batch = heap.openBatch();
            long address = write(batch, 1).address();
            batch.allocate(Domain.RODATA, 40, 8);
            batch.allocate(Domain.DATA, 40, 8);
            batch.abandon();
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(heap.ledger().mprotectCallCount()).isZero();
            assertThat(heap.space().zone().front().segment().get(ValueLayout.JAVA_BYTE,
                    address - heap.space().zone().base()))
                    .isEqualTo(NativeCode.TRAP);
            assertThatThrownBy(batch::publish).isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("abandoned");
        }
    }

    @Test
    void sectionsOfAPublishedBatchThrow() {
        try (CodeHeap heap = heap();
                CodeBatch batch = heap.openBatch()) {
            MemorySegment section = write(batch, 1);
            batch.publish();
            assertThatThrownBy(() -> section.fill((byte) 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> batch.allocate(Domain.CODE, 16, 1)).isInstanceOf(BlockStateException.class);
        }
    }

    private static CodeHeap heap() {
        return CodeHeap.builder().writePath(WritePath.IN_PLACE).memory(MemoryDemand.SMALL).build();
    }

    @Test
    void anOpenBatchKeepsTheHeapOpen() {
        try (CodeHeap heap = heap()) {
            CodeBatch batch = heap.openBatch();
            MemorySegment section = write(batch, 1);
            assertThatThrownBy(heap::close).isInstanceOf(BlockStateException.class).hasMessageContaining("batches");
            section.fill((byte) 0x90);
            batch.abandon();
        }
    }

    @Test
    void aBatchWhoseThreadHasEndedDoesNotKeepTheHeapOpen() throws InterruptedException {
        try (CodeHeap heap = heap()) {
            Thread other = new Thread(() -> write(heap.openBatch(), 1));
            other.start();
            other.join();
        }
    }

    @Test
    void constantsLieAmongCodeIfTheHeapIsBuiltSo() {
        try (CodeHeap heap = CodeHeap.builder()
                .writePath(WritePath.IN_PLACE)
                .memory(MemoryDemand.SMALL)
                .constants(ConstantPlacement.WITH_CODE)
                .constantCapacity(0)
                .build();
                CodeBatch batch = heap.openBatch()) {
            long code = write(batch, 5).address();
            MemorySegment constants = batch.allocate(Domain.RODATA, 64, 16);
            assertThat(constants.toArray(ValueLayout.JAVA_BYTE)).containsOnly((byte) 0);
            assertThat(constants.address() - code).isEqualTo(64);
            batch.publish();
            assertThat(heap.ledger().mprotectCallCount()).isEqualTo(1);
            assertThat(NativeCode.call(code)).isEqualTo(5);
        }
    }

    @Test
    void aBatchIsForTheThreadThatOpenedIt() throws InterruptedException {
        try (CodeHeap heap = heap();
                CodeBatch batch = heap.openBatch()) {
            List<Throwable> thrown = new ArrayList<>();
            Thread other = new Thread(() -> {
                try {
                    batch.publish();
                } catch (RuntimeException e) {
                    thrown.add(e);
                }
            });
            other.start();
            other.join();
            assertThat(thrown).singleElement().isInstanceOf(WrongThreadException.class);
            write(batch, 1);
        }
    }

    @Test
    void aBatchThatTheKernelRefusesIsFreedAndTheHeapContinues() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap heap = CodeHeap.builder()
                .writePath(WritePath.IN_PLACE)
                .memory(MemoryDemand.SMALL)
                .systemCalls(calls)
                .build()) {
            CodeBatch batch = heap.openBatch();
            write(batch, 1);
            batch.allocate(Domain.RODATA, 40, 8);
            calls.failNth("mprotect", 2, Errno.ENOMEM);
            assertThatThrownBy(batch::publish).isInstanceOf(WritePathException.class).hasMessageContaining("ENOMEM");
            calls.heal();

            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(heap.audit().misplaced()).isEmpty();
            CodeBlock block = heap.define(NativeCode.returning(9));
            assertThat(NativeCode.call(block.address())).isEqualTo(9);
        }
    }

    @Test
    void otherPathsNameThePathThatHasBatches() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).writePath(WritePath.ALIAS).build()) {
            assertThatThrownBy(heap::openBatch)
                    .isInstanceOfSatisfying(WritePathException.class, e -> assertThat(e.servedBy())
                            .containsExactly(WritePath.IN_PLACE))
                    .hasMessageContaining("in-place");
        }
    }

    @Test
    void wrongRequestsChangeNothing() {
        try (CodeHeap heap = heap();
                CodeBatch batch = heap.openBatch()) {
            assertThatThrownBy(() -> batch.allocate(Domain.SECRET, 16, 16))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> batch.allocate(Domain.CODE, 0, 16)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> batch.allocate(Domain.CODE, 16, 3)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> batch.allocate(Domain.RODATA, 1L << 40, 16))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }
}
