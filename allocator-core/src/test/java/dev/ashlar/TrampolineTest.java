package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A trampoline leads to its last target, from the first call on. A freed one leads into a trap. */
class TrampolineTest {
    private static final long REGION = 2 << 20;
    private static final int CHUNK = 256;
    private static final int JUMP_BYTE_SIZE = 6;

    private final CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
    private final long one = heap.define(NativeCode.returning(1)).address();
    private final long two = heap.define(NativeCode.returning(2)).address();

    @AfterEach
    void close() {
        heap.close();
    }

    /** Every cell of the table of write paths and backings; in place, hugetlb serves batches only. */
    static Stream<Arguments> cells() {
        return Arrays.stream(WritePath.values())
                .flatMap(path -> Stream.of(MemoryDemand.HUGETLB, MemoryDemand.THP, MemoryDemand.SMALL)
                        .filter(memory -> !memory.ladder(path).isEmpty())
                        .filter(memory -> path != WritePath.IN_PLACE || memory != MemoryDemand.HUGETLB)
                        .map(memory -> Arguments.of(path, memory)));
    }

    @Test
    void aBoundTrampolineCallsTheTargetOfThatMoment() throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.of(ValueLayout.JAVA_INT);
        try (TrampolinePool pool = heap.openTrampolines(1)) {
            Trampoline trampoline = pool.take(one);
            MethodHandle handle = trampoline.bind(function);
            assertThat((int) handle.invokeExact()).isEqualTo(1);
            trampoline.retarget(two);
            assertThat((int) handle.invokeExact()).isEqualTo(2);
            trampoline.free();
            assertThatThrownBy(() -> trampoline.bind(function)).isInstanceOf(BlockStateException.class);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cells")
    void aTrampolineIsRetargetedOnEveryPathAndBackingWithoutAChangeOfCode(WritePath path, MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 4);
                CodeHeap other =
                        CodeHeap.builder().memory(memory).writePath(path).build();
                TrampolinePool pool = other.openTrampolines(1)) {
            long first = other.define(NativeCode.returning(1)).address();
            long second = other.define(NativeCode.returning(2)).address();
            Trampoline trampoline = pool.take(first);
            CodeBlock caller = linkedTo(other, trampoline.address());
            byte[] stub = bytesAt(other, trampoline.address());
            long calls = other.stats().mprotectCallCount();
            for (int round = 0; round < 10; round++) {
                assertThat(NativeCode.call(caller.address())).isEqualTo(1);
                assertThat(trampoline.target()).isEqualTo(first);
                trampoline.retarget(second);
                assertThat(NativeCode.call(caller.address())).isEqualTo(2);
                assertThat(NativeCode.call(trampoline.address())).isEqualTo(2);
                trampoline.retarget(first);
            }
            assertThat(bytesAt(other, trampoline.address())).isEqualTo(stub);
            assertThat(other.stats().mprotectCallCount()).isEqualTo(calls);
            HeapAudit audit = other.audit();
            assertThat(audit.writableAndExecutable()).isEmpty();
            assertThat(audit.misplaced()).isEmpty();
            if (path != WritePath.IN_PLACE) {
                // Publishing in place has split the region there.
                assertThat(audit.isClean()).as(audit.toString()).isTrue();
            }
        }
    }

    /** {@return code of the heap that calls an address by rel32} */
    private static CodeBlock linkedTo(CodeHeap heap, long target) {
        CodeBlock caller = heap.allocate(14);
        caller.writable().copyFrom(MemorySegment.ofArray(NativeCode.callingNear(caller.address(), target)));
        caller.publish();
        return caller;
    }

    private static byte[] bytesAt(CodeHeap heap, long address) {
        long offset = address - heap.report().address();
        return heap.space().zone().front().segment().asSlice(offset, 16).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void aTargetMayLieAnywhereInTheProcess() {
        try (TrampolinePool pool = heap.openTrampolines(1);
                CodeHeap far = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            Trampoline trampoline = pool.take(one);
            trampoline.retarget(far.define(NativeCode.returning(3)).address());
            assertThat(NativeCode.call(trampoline.address())).isEqualTo(3);
        }
    }

    @Test
    void thePoolGrowsAndEachTrampolineHasItsOwnTarget() {
        try (TrampolinePool pool = heap.openTrampolines(CHUNK)) {
            List<Trampoline> taken = new ArrayList<>();
            for (int result = 0; result < 3 * CHUNK; result++) {
                taken.add(pool.take(heap.define(NativeCode.returning(result)).address()));
            }
            assertThat(pool.liveCount()).isEqualTo(3 * CHUNK);
            assertThat(taken).extracting(Trampoline::address).doesNotHaveDuplicates();
            for (int result = 0; result < taken.size(); result++) {
                assertThat(taken.get(result).address() % 16).isZero();
                assertThat(NativeCode.call(taken.get(result).address())).isEqualTo(result);
            }
        }
    }

    @Test
    void theRequestedTrampolinesAreReadyAtOnce() {
        try (TrampolinePool pool = heap.openTrampolines(2 * CHUNK + 1)) {
            HeapStats ready = heap.stats();
            for (int count = 0; count < 3 * CHUNK; count++) {
                pool.take(one);
            }
            assertThat(heap.stats()).isEqualTo(ready);
            pool.take(one);
            assertThat(heap.stats().liveBlockCount()).isGreaterThan(ready.liveBlockCount());
        }
    }

    /** Checked by the bytes, since a trap would end this JVM. The next test runs into the trap. */
    @Test
    void aFreeTrampolineLeadsIntoTheTrapBehindItsOwnJump() {
        try (TrampolinePool pool = heap.openTrampolines(1)) {
            Trampoline trampoline = pool.take(one);
            long address = trampoline.address();
            byte[] stub = bytesAt(heap, address);
            assertThat(Arrays.copyOfRange(stub, JUMP_BYTE_SIZE, stub.length)).containsOnly(NativeCode.TRAP);
            long cell = address + JUMP_BYTE_SIZE + MemorySegment.ofArray(stub).get(ValueLayout.JAVA_INT_UNALIGNED, 2);
            assertThat(longAt(cell)).isEqualTo(one);
            trampoline.free();
            assertThat(longAt(cell)).isEqualTo(address + JUMP_BYTE_SIZE);
            assertThat(pool.liveCount()).isZero();
        }
    }

    @SuppressWarnings("restricted")
    private static long longAt(long address) {
        return MemorySegment.ofAddress(address).reinterpret(Long.BYTES).get(ValueLayout.JAVA_LONG, 0);
    }

    @Test
    void aCallThroughAFreedTrampolineTraps() {
        // The heap of a child may take a page of the pool.
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0)) {
            ChildJvm.Outcome outcome =
                    ChildJvm.ofModule(HeapChild.class).nativeAccess().run("call through freed");
            assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(ChildJvm.SIGNALLED + 6);
            assertThat(outcome.output()).isEqualTo("call = 42\n");
        }
    }

    private static void refuses(ThrowingCallable wrong, String message) {
        assertThat(catchThrowableOfType(BlockStateException.class, wrong)).hasMessage(message);
    }

    @Test
    void aFreedTrampolineCanDoNothingAfterItsPlaceIsTakenAgain() {
        try (TrampolinePool pool = heap.openTrampolines(1)) {
            Trampoline freed = pool.take(one);
            freed.free();
            for (int count = 0; count < CHUNK; count++) {
                pool.take(two);
            }
            String freedState = "the trampoline at 0x" + Long.toHexString(freed.address())
                    + " of heap ashlar is freed already";
            refuses(() -> freed.retarget(one), "retarget() failed: " + freedState);
            refuses(freed::target, "target() failed: " + freedState);
            refuses(freed::free, "free() failed: " + freedState);
            assertThat(pool.liveCount()).isEqualTo(CHUNK);
            assertThat(NativeCode.call(freed.address())).isEqualTo(2);
        }
    }

    @Test
    void closingThePoolFreesAndEndsItsTrampolines() {
        HeapStats before = heap.stats();
        TrampolinePool pool = heap.openTrampolines(1);
        List<Trampoline> taken = new ArrayList<>();
        for (int count = 0; count < CHUNK + 1; count++) {
            taken.add(pool.take(one));
        }
        taken.getFirst().free();
        pool.close();
        assertThat(heap.stats().liveByteSize()).isEqualTo(before.liveByteSize());
        assertThat(heap.stats().liveBlockCount()).isEqualTo(before.liveBlockCount());
        heap.zones().spaces().forEach(space -> space.blocks().checkInvariants());
        refuses(() -> pool.take(one), "take() failed: the pool of trampolines of heap ashlar is closed");
        refuses(pool::liveCount, "liveCount() failed: the pool of trampolines of heap ashlar is closed");
        Trampoline ended = taken.getLast();
        refuses(() -> ended.retarget(two), "retarget() failed: the pool of trampolines of heap ashlar is closed");
        refuses(ended::target, "target() failed: the pool of trampolines of heap ashlar is closed");
        refuses(ended::free, "free() failed: the pool of trampolines of heap ashlar is closed");
        pool.close();
        assertThat(heap.stats().liveBlockCount()).isEqualTo(before.liveBlockCount());
    }

    @Test
    void everyCallAfterTheHeapIsClosedSaysSoAndClosingThePoolDoesNothing() {
        TrampolinePool pool = heap.openTrampolines(1);
        Trampoline trampoline = pool.take(one);
        heap.close();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> heap.openTrampolines(1),
                () -> pool.take(one),
                pool::liveCount,
                trampoline::address,
                trampoline::target,
                () -> trampoline.retarget(two),
                trampoline::free)) {
            assertThat(catchThrowableOfType(HeapClosedException.class, call)).isNotNull();
        }
        pool.close();
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aTargetOutsideUserSpaceIsRefused(long target) {
        try (TrampolinePool pool = heap.openTrampolines(1)) {
            Trampoline trampoline = pool.take(one);
            for (ThrowingCallable wrong : List.<ThrowingCallable>of(() -> pool.take(target),
                    () -> trampoline.retarget(target))) {
                assertThat(catchThrowableOfType(IllegalArgumentException.class, wrong))
                        .hasMessage("not a user-space address: target=0x" + Long.toHexString(target));
            }
            assertThat(pool.liveCount()).isEqualTo(1);
            assertThat(NativeCode.call(trampoline.address())).isEqualTo(1);
        }
    }

    @Test
    void aCountBelowOneIsRefused() {
        HeapStats before = heap.stats();
        for (int count : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> heap.openTrampolines(count)))
                    .hasMessage("count of trampolines out of range: count=" + count + ", allowed=1 or more");
        }
        assertThat(heap.stats()).isEqualTo(before);
    }

    @Test
    void aHeapWithoutRoomForDataSaysSoAndKeepsNothing() {
        try (CodeHeap bare =
                CodeHeap.builder().memory(MemoryDemand.SMALL).dataCapacity(0).build()) {
            HeapStats before = bare.stats();
            assertThat(catchThrowableOfType(HeapExhaustedException.class, () -> bare.openTrampolines(1)))
                    .hasMessageContaining("heap ashlar has no zone for data");
            assertThat(bare.stats()).isEqualTo(before);
        }
    }

    @Test
    void aFullHeapSaysSoAndKeepsNothing() {
        try (CodeHeap small = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .capacity(REGION)
                .dataCapacity(REGION)
                .build()) {
            assertThat(catchThrowableOfType(
                    HeapExhaustedException.class, () -> small.openTrampolines(Integer.MAX_VALUE)))
                    .isNotNull();
            assertThat(small.stats().liveBlockCount()).isZero();
            TrampolinePool pool = small.openTrampolines(1);
            long target = small.define(NativeCode.returning(1)).address();
            Trampoline trampoline = pool.take(target);
            CodeBlock rest = small.allocate(REGION - (128 << 10));
            int taken = 1;
            try {
                while (true) {
                    pool.take(target);
                    taken++;
                }
            } catch (HeapExhaustedException full) {
                assertThat(pool.liveCount()).isEqualTo(taken);
            }
            rest.free();
            assertThat(NativeCode.call(pool.take(target).address())).isEqualTo(1);
            assertThat(NativeCode.call(trampoline.address())).isEqualTo(1);
        }
    }

    @Test
    void aRefusalOfMemoryForDataIsNamedAndTheHeapContinues() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap poor =
                CodeHeap.builder().memory(MemoryDemand.SMALL).systemCalls(calls).build()) {
            HeapStats before = poor.stats();
            calls.failAll("mmap", Errno.ENOMEM);
            assertThat(catchThrowableOfType(HeapExhaustedException.class, () -> poor.openTrampolines(1)))
                    .hasMessageContaining("ENOMEM");
            assertThat(poor.stats().liveBlockCount()).isEqualTo(before.liveBlockCount());
            calls.heal();
            try (TrampolinePool pool = poor.openTrampolines(1)) {
                long target = poor.define(NativeCode.returning(5)).address();
                assertThat(NativeCode.call(pool.take(target).address())).isEqualTo(5);
            }
        }
    }

    @Test
    void retargetingMakesNoGarbage() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int count = 100_000;
        try (TrampolinePool pool = heap.openTrampolines(1)) {
            Trampoline trampoline = pool.take(one);
            long garbage = Long.MAX_VALUE;
            for (int round = 0; round < 6; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int index = 0; index < count; index++) {
                    trampoline.retarget(index % 2 == 0 ? two : one);
                }
                garbage = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(garbage / (double) count).as("bytes per change").isLessThan(0.5);
        }
    }
}
