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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The sections of a batch are taken one by one and published in one step, with the fewest calls. */
class CodeBatchTest {
    private static final long REGION = 2 << 20;

    private static BatchSection write(CodeBatch batch, int value) {
        BatchSection section = batch.allocate(Domain.CODE, 64, 16);
        MemorySegment.copy(NativeCode.returning(value), 0, section.writable(), ValueLayout.JAVA_BYTE, 0, 6);
        return section;
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#batches")
    void sectionsAreWhatWasWrittenOnEveryPath(PathCell cell) {
        try (HugePages _ = cell.need(4);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            BatchSection first = write(batch, 1);
            BatchSection second = write(batch, 2);
            BatchSection constants = batch.allocate(Domain.RODATA, 4096, 64);
            BatchSection data = batch.allocate(Domain.DATA, 4, 4);
            assertThat(constants.writable().toArray(ValueLayout.JAVA_BYTE)).containsOnly((byte) 0);
            constants.writable().set(ValueLayout.JAVA_INT, 4092, 3);
            data.writable().set(ValueLayout.JAVA_INT, 0, 4);
            PublishedBatch code = batch.publish();

            assertThat(NativeCode.call(first.address())).isEqualTo(1);
            assertThat(NativeCode.call(second.address())).isEqualTo(2);
            MemorySegment published = code.segment(constants.address(), 4096);
            assertThat(published.isReadOnly()).isTrue();
            assertThat(published.get(ValueLayout.JAVA_INT, 4092)).isEqualTo(3);
            MemorySegment variable = code.segment(data.address(), 4);
            assertThat(variable.get(ValueLayout.JAVA_INT, 0)).isEqualTo(4);
            variable.set(ValueLayout.JAVA_INT, 0, 5);
            assertThat(Math.abs(constants.address() - first.address())).isLessThan(Integer.MAX_VALUE);
            assertThat(constants.address() % 64).isZero();
            assertThat(heap.audit().writableAndExecutable()).isEmpty();
            assertThat(heap.audit().misplaced()).isEmpty();
            code.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
            heap.checkInvariants();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#inPlace")
    void inPlaceCodeRunsWhereItWasWritten(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            BatchSection section = write(batch, 1);
            assertThat(section.writable().address()).isEqualTo(section.address());
            batch.publish();
            assertThat(NativeCode.call(section.address())).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNextThreadGoesOnAfterAHandOver(WritePath path) throws InterruptedException {
        try (CodeHeap heap = CodeHeap.builder().writePath(path).memory(MemoryDemand.SMALL).build();
                CodeBatch batch = heap.openBatch()) {
            BatchSection begun = batch.allocate(Domain.CODE, 64, 16);
            MemorySegment mine = begun.writable();
            mine.set(ValueLayout.JAVA_BYTE, 0, NativeCode.returning(7)[0]);
            BatchSection variable = batch.allocate(Domain.DATA, 64, 16);
            MemorySegment myVariable = variable.writable();
            batch.handOver();
            for (MemorySegment old : List.of(mine, myVariable)) {
                assertThatThrownBy(() -> old.set(ValueLayout.JAVA_INT, 0, 1))
                        .isInstanceOf(IllegalStateException.class);
            }

            PublishedBatch[] published = new PublishedBatch[1];
            inOtherThread(() -> {
                MemorySegment.copy(NativeCode.returning(7), 1, begun.writable(), ValueLayout.JAVA_BYTE, 1, 5);
                published[0] = batch.publish();
            });
            assertThat(NativeCode.call(begun.address())).isEqualTo(7);
            assertThat(published[0].segment(variable.address(), 4).get(ValueLayout.JAVA_INT, 0)).isZero();
            assertThatThrownBy(batch::handOver).isInstanceOf(BlockStateException.class);
            published[0].free();
        }
    }

    @Test
    void aBatchThatIsHandedOverKeepsItsHeapOpenWhileItCanBeReached() throws InterruptedException {
        try (CodeHeap heap = heap()) {
            CodeBatch batch = heap.openBatch();
            write(batch, 1);
            batch.handOver();
            assertThatThrownBy(heap::close).isInstanceOf(BlockStateException.class).hasMessageContaining("batches");
            inOtherThread(batch::abandon);
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void aBatchThatIsHandedOverAndDroppedDoesNotKeepItsHeapOpen() throws InterruptedException {
        CodeHeap heap = heap();
        openAndHandOver(heap);
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                heap.close();
                return;
            } catch (BlockStateException stillReachable) {
                assertThat(System.nanoTime()).isLessThan(end);
                System.gc();
                Thread.sleep(10);
            }
        }
    }

    private static void openAndHandOver(CodeHeap heap) {
        CodeBatch batch = heap.openBatch();
        write(batch, 1);
        batch.handOver();
    }

    private static void inOtherThread(Runnable work) throws InterruptedException {
        List<Throwable> thrown = new ArrayList<>();
        Thread other = new Thread(work);
        other.setUncaughtExceptionHandler((thread, failure) -> thrown.add(failure));
        other.start();
        other.join();
        assertThat(thrown).isEmpty();
    }

    @Test
    void bytesThatEndOutsideTheBatchAreRefused() {
        try (CodeHeap heap = heap();
                CodeBatch batch = heap.openBatch()) {
            BatchSection section = write(batch, 1);
            PublishedBatch code = batch.publish();
            for (long[] slice : new long[][] {{-1, 1}, {0, 4097}, {1, 4096}, {1, Long.MAX_VALUE}, {5000, 0}, {0, -1}}) {
                assertThatThrownBy(() -> code.segment(section.address() + slice[0], slice[1]))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("has no section of " + slice[1] + " bytes");
            }
            assertThat(code.segment(section.address() + 1, 63).byteSize()).isEqualTo(63);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#inPlace")
    void publishingMakesOneCallForEachDomainExceptData(PathCell cell) {
        try (HugePages _ = cell.need(4);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            for (int index = 0; index < 100; index++) {
                write(batch, index);
                batch.allocate(Domain.RODATA, 40, 8).writable().fill((byte) index);
                batch.allocate(Domain.DATA, 40, 8).writable().fill((byte) index);
            }
            batch.publish();
            assertThat(heap.ledger().mprotectCallCount()).isEqualTo(2);
            assertThat(heap.ledger().changesAsked()).isEqualTo(200);
            assertThat(heap.ledger().callsSaved()).isEqualTo(198);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#inPlace")
    void aBatchOverSeveralRegionsLiesInARowAndNeedsOneCall(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            List<BatchSection> sections = new ArrayList<>();
            for (int index = 0; index < 5; index++) {
                sections.add(batch.allocate(Domain.CODE, REGION / 2, 16));
            }
            List<Long> addresses = sections.stream().map(BatchSection::address).toList();
            batch.publish();
            assertThat(heap.ledger().mprotectCallCount()).isEqualTo(1);
            assertThat(addresses).isSorted();
            assertThat(heap.audit().misplaced()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#inPlace")
    void aSectionLargerThanARegionIsServed(PathCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = cell.builder().build();
                CodeBatch batch = heap.openBatch()) {
            BatchSection section = batch.allocate(Domain.CODE, 2 * REGION + 100, 16);
            section.writable().fill((byte) 0x90);
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
    @MethodSource("dev.ashlar.host.PathCell#inPlace")
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
            BatchSection section = write(batch, 1);
            MemorySegment written = section.writable();
            batch.publish();
            assertThatThrownBy(section::writable).isInstanceOf(BlockStateException.class);
            assertThatThrownBy(() -> written.fill((byte) 0))
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
            BatchSection section = write(batch, 1);
            assertThatThrownBy(heap::close)
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("batches of heap ashlar are open, used by thread ");
            section.writable().fill((byte) 0x90);
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
            BatchSection constants = batch.allocate(Domain.RODATA, 64, 16);
            assertThat(constants.writable().toArray(ValueLayout.JAVA_BYTE)).containsOnly((byte) 0);
            assertThat(constants.address() - code).isEqualTo(64);
            batch.publish();
            assertThat(heap.ledger().mprotectCallCount()).isEqualTo(1);
            assertThat(NativeCode.call(code)).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyItsUserMayUseABatch(WritePath path) throws InterruptedException {
        try (CodeHeap heap = CodeHeap.builder().writePath(path).memory(MemoryDemand.SMALL).build();
                CodeBatch batch = heap.openBatch()) {
            BatchSection section = write(batch, 1);
            List<Runnable> uses = List.of(batch::publish, batch::abandon, batch::handOver, section::writable,
                    () -> batch.allocate(Domain.CODE, 1, 1));
            inOtherThread(() -> uses.forEach(use -> assertThatThrownBy(use::run)
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("handOver()")));
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
