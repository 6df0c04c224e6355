package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryDataRung;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** close() returns everything, and all that was handed out throws afterwards. It never removes memory during a call. */
@SuppressWarnings("restricted")
class DataClosedHeapTest {
    private static final long REGION = 2 << 20;
    private static final Linker LINKER = Linker.nativeLinker();

    @OnEveryDataRung
    void everythingIsGivenBackLiveBlocksIncluded(MemoryDemand memory) {
        try (HugePages _ = HugePages.needForData(memory, 4)) {
            Residue before = Residue.now();
            FaultyCalls calls = new FaultyCalls(Libc.system());
            DataHeap heap =
                    DataHeap.builder().memory(memory).systemCalls(calls).build();
            heap.allocate(100);
            heap.addresses().allocate(3 * REGION);
            heap.audit();
            heap.confinedArena().close();
            heap.close();
            before.assertNothingLeft(calls);
            int callCount = calls.calls().size();
            heap.close();
            assertThat(calls.calls()).hasSize(callCount);
        }
    }

    @Test
    void everyCallOnTheHeapAndItsAddressesThrows() {
        DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).name("gone").build();
        MemorySegment segment = heap.allocate(100);
        DataAddresses data = heap.addresses();
        long address = data.allocate(100);
        heap.close();

        List<ThrowingCallable> calls = List.of(
                () -> heap.allocate(1),
                () -> heap.allocate(0),
                () -> heap.allocate(1, 64),
                () -> heap.free(segment),
                () -> heap.precommit(1),
                heap::confinedArena,
                heap::sharedArena,
                heap::trim,
                heap::stats,
                heap::report,
                heap::audit,
                () -> data.allocate(1),
                () -> data.allocate(1, 64),
                () -> data.allocateZeroed(1),
                () -> data.allocateZeroed(1, 64),
                () -> data.free(address),
                () -> data.usableByteSize(address),
                () -> data.blockContaining(address));
        for (ThrowingCallable call : calls) {
            assertThat(catchThrowableOfType(HeapClosedException.class, call)).hasMessage("heap gone is closed");
        }
        assertThat(heap.name()).isEqualTo("gone");
        assertThat(heap.committedByteSize()).isZero();
        assertThat(segment.scope().isAlive()).isFalse();
        assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> segment.asSlice(10, 10).fill((byte) 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCallWithASegmentKeepsTheHeapOpen() throws Exception {
        DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).name("busy").build();
        MemorySegment buffer = heap.allocate(100);
        whileReading(buffer, () -> {
            HeapStats before = heap.stats();
            assertThat(catchThrowableOfType(BlockStateException.class, heap::close))
                    .hasMessageStartingWith("close failed: a running downcall was given a segment of heap busy");
            assertThat(heap.stats()).isEqualTo(before);
            heap.confinedArena().close();
        });
        assertThat(buffer.getString(0)).isEqualTo("done");
        heap.close();
        assertThatThrownBy(heap::stats).isInstanceOf(HeapClosedException.class);
    }

    @Test
    void aCallWithASegmentKeepsItsArenaOpen() throws Exception {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).build()) {
            Arena arena = heap.sharedArena();
            MemorySegment buffer = arena.allocate(100);
            whileReading(buffer, () -> {
                HeapStats before = heap.stats();
                assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
                assertThat(heap.stats()).isEqualTo(before);
                assertThat(arena.scope().isAlive()).isTrue();
                assertThat(arena.allocate(10).byteSize()).isEqualTo(10);
            });
            assertThat(buffer.getString(0)).isEqualTo("done");
            arena.close();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    /** Runs {@code meanwhile} while another thread is inside read(2) with the segment, then lets it have "done". */
    private static void whileReading(MemorySegment buffer, Runnable meanwhile) throws Exception {
        MethodHandle pipe = libc("pipe", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        MethodHandle read = libc("read", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        MethodHandle write = libc("write", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        try (Arena own = Arena.ofConfined();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            MemorySegment ends = own.allocate(ValueLayout.JAVA_INT, 2);
            assertThat(invoke(pipe, ends)).isEqualTo(0);
            int readEnd = ends.getAtIndex(ValueLayout.JAVA_INT, 0);
            int writeEnd = ends.getAtIndex(ValueLayout.JAVA_INT, 1);
            Future<Object> reader = thread.submit(() -> invoke(read, readEnd, buffer, 5L));
            assertThatThrownBy(() -> reader.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            try {
                meanwhile.run();
            } finally {
                assertThat(invoke(write, writeEnd, own.allocateFrom("done"), 5L)).isEqualTo(5L);
                assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(5L);
                Libc.system().close(readEnd);
                Libc.system().close(writeEnd);
            }
        }
    }

    private static MethodHandle libc(String name, FunctionDescriptor function) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function);
    }

    private static Object invoke(MethodHandle function, Object... arguments) throws Exception {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Exception | Error failure) {
            throw failure;
        } catch (Throwable unexpected) {
            throw new AssertionError(unexpected);
        }
    }
}
