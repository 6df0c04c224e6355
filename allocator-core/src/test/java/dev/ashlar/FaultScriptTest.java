package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.heap.InPlaceView;
import dev.ashlar.host.CallSites;
import dev.ashlar.host.FaultChoice;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: no failing system call at any time in the life of a heap causes a crash, a leak or an unusable heap. Method:
 * the test repeats one life from build to close, each time with another failing call.
 */
class FaultScriptTest {
    private static final long REGION = 2 << 20;
    private static final long CAPACITY = 6 * REGION;

    /** A null cell means that no path is demanded. */
    static Stream<Arguments> faults() {
        Stream<Arguments> auto = Stream.of(Errno.EINVAL, Errno.ENOMEM)
                .map(errno -> Arguments.of(null, Errno.ofNumber(errno)));
        Stream<Arguments> demanded = PathCell.all().stream()
                .map(cell -> Arguments.of(cell, Errno.ofNumber(switch (cell.memory()) {
                    case HUGETLB -> Errno.ENOSPC;
                    case SMALL -> Errno.EACCES;
                    default -> Errno.EPERM;
                })));
        return Stream.concat(auto, demanded);
    }

    private static HugePages need(@Nullable PathCell cell, int regionCount) {
        return cell == null ? HugePages.need(MemoryDemand.AUTO, regionCount) : cell.need(regionCount);
    }

    private static CodeHeapBuilder builder(@Nullable PathCell cell) {
        return (cell == null ? CodeHeap.builder() : cell.builder()).capacity(CAPACITY).withoutPreparedRegions();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("faults")
    void ifAnyCallFailsTheHeapWorksOrSaysWhyAndLeavesNothing(@Nullable PathCell cell, Errno errno) {
        try (HugePages _ = need(cell, 6)) {
            FaultChoice choice = new FaultChoice();
            live(cell, choice.rehearsal());
            assertThat(choice.callCount()).isGreaterThan(30);
            for (int nth : choice.chosen()) {
                Residue before = Residue.now();
                FaultyCalls calls = FaultChoice.failing(nth, errno.number());
                live(cell, calls);
                assertThat(calls.calls()).filteredOn(FaultyCalls.Call::injected).as("call %d", nth).hasSize(1);
                before.assertNothingLeft(calls);
            }
        }
    }

    static Stream<PathCell> cells() {
        return Stream.concat(Stream.of((PathCell) null), PathCell.all().stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void everyErrorOfAManualPageIsSurvived(@Nullable PathCell cell) {
        try (HugePages _ = need(cell, 6)) {
            CallSites.letEachFail(calls -> live(cell, calls));
        }
    }

    /** A whole life. Only building and allocating may fail, and only once: the second attempt has no fault. */
    private static void live(@Nullable PathCell cell, FaultyCalls calls) {
        CodeHeapBuilder builder = builder(cell).systemCalls(calls);
        CodeHeap heap;
        try {
            heap = builder.build();
        } catch (BackingUnavailableException | UnsupportedHostException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        // So that each life makes the same calls.
        InPlaceView.pauseHealing(heap.space());
        CodeBlock large = allocate(heap, 3 * REGION);
        large.writable().fill((byte) 0x90);
        assertRuns(heap);
        large.free();
        CodeBlock first = allocate(heap, REGION);
        CodeBlock second = allocate(heap, REGION);
        first.free();
        heap.trim();
        assertIsAsSet(heap);
        second.free();
        heap.trim();
        heap.trim();
        assertThat(heap.committedByteSize()).isZero();
        assertRuns(heap);
        assertIsAsSet(heap);
        heap.space().blocks().checkInvariants();
        heap.close();
    }

    private static void assertIsAsSet(CodeHeap heap) {
        HeapAudit audit = heap.audit();
        // Publishing in place splits regions, and an idle region stays split until it is healed.
        boolean isAsIntended = heap.writePath() == WritePath.IN_PLACE || audit.isClean();
        assertThat(isAsIntended && audit.misplaced().isEmpty() && audit.writableAndExecutable().isEmpty())
                .as(audit.toString())
                .isTrue();
    }

    private static long publish(CodeBlock block) {
        try {
            return block.publish().address();
        } catch (WritePathException refused) {
            return block.publish().address();
        }
    }

    private static CodeBlock allocate(CodeHeap heap, long byteSize) {
        HeapStats before = heap.stats();
        try {
            return heap.allocate(byteSize);
        } catch (HeapExhaustedException refused) {
            assertThat(refused.refusals()).isNotEmpty();
            assertThat(heap.stats().liveByteSize()).isEqualTo(before.liveByteSize());
            assertThat(heap.stats().liveBlockCount()).isEqualTo(before.liveBlockCount());
            return heap.allocate(byteSize);
        }
    }

    private static void assertRuns(CodeHeap heap) {
        CodeBlock block = allocate(heap, 6);
        block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(42)));
        assertThat(NativeCode.call(publish(block))).isEqualTo(42);
        block.free();
    }

    @OnEveryPath
    void theHeapRecoversFromAHostThatRefusesEverythingForAWhile(PathCell cell) {
        try (HugePages _ = cell.need(8)) {
            FaultChoice choice = new FaultChoice();
            survive(cell, choice::rehearse);
            assertThat(choice.callCount()).isGreaterThan(15);
            for (int nth : choice.chosen()) {
                survive(cell, calls -> FaultChoice.failFrom(calls, nth, Errno.ENOMEM));
            }
        }
    }

    /** Uses a heap while its host refuses the calls that {@code trouble} chooses, and afterwards without refusals. */
    private static void survive(PathCell cell, Consumer<FaultyCalls> trouble) {
        Residue before = Residue.now();
        FaultyCalls calls = new FaultyCalls(Libc.system());
        CodeHeap heap = builder(cell).systemCalls(calls).build();
        trouble.accept(calls);

        List<CodeBlock> blocks = new ArrayList<>();
        for (int index = 0; index < 5; index++) {
            try {
                blocks.add(heap.allocate(REGION));
            } catch (HeapExhaustedException refused) {
                assertThat(refused.refusals()).isNotEmpty();
            }
        }
        for (int index = 0; index < blocks.size(); index += 2) {
            blocks.get(index).free();
        }
        heap.trim();
        assertThat(heap.audit().writableAndExecutable()).isEmpty();
        heap.space().blocks().checkInvariants();
        calls.heal();

        long free = CAPACITY - heap.stats().liveByteSize();
        for (; free > 0; free -= REGION) {
            CodeBlock block = heap.allocate(REGION);
            block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(7)));
            assertThat(NativeCode.call(publish(block))).isEqualTo(7);
        }
        heap.space().blocks().checkInvariants();
        assertIsAsSet(heap);
        heap.close();
        before.assertNothingLeft(calls);
    }
}
