package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.Domain;
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
class ClosedHeapTest {
    private static final long REGION = 2 << 20;
    private static final Linker LINKER = Linker.nativeLinker();

    @OnEveryRung
    void everythingIsGivenBackLiveBlocksIncluded(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 4)) {
            Residue before = Residue.now();
            FaultyCalls calls = new FaultyCalls(Libc.system());
            CodeHeap heap =
                    CodeHeap.builder().memory(memory).systemCalls(calls).build();
            heap.define(NativeCode.returning(1));
            heap.addresses().allocate(3 * REGION);
            heap.audit();
            assertThat(Residue.now().descriptors()).hasSizeGreaterThan(before.descriptors().size());
            heap.close();
            before.assertNothingLeft(calls);
            int callCount = calls.calls().size();
            heap.close();
            heap.close();
            assertThat(calls.calls()).hasSize(callCount);
        }
    }

    @Test
    void everyCallOnTheHeapItsBlocksAndItsAddressesThrows() {
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).name("gone").build();
        CodeBlock writable = heap.allocate(100);
        CodeBlock published = heap.define(NativeCode.returning(42));
        CodeAddresses code = heap.addresses();
        long address = code.allocate(100);
        long publishedAddress = published.address();
        MemorySegment bytes = MemorySegment.ofArray(new byte[1]);
        heap.close();

        List<ThrowingCallable> calls = List.of(
                () -> heap.allocate(1),
                () -> heap.allocate(1, 64),
                () -> heap.define(new byte[] {1}),
                () -> heap.precommit(1),
                heap::trim,
                heap::stats,
                heap::report,
                heap::audit,
                writable::writable,
                writable::publish,
                () -> writable.shrink(1),
                writable::free,
                writable::address,
                writable::byteSize,
                writable::isPublished,
                published::executable,
                () -> published.bind(FunctionDescriptor.ofVoid()),
                () -> published.patch(0, 0, 1),
                published::free,
                () -> heap.addresses(Domain.CODE),
                () -> heap.addresses(Domain.RODATA),
                () -> code.allocate(1),
                () -> code.allocate(1, 64),
                () -> code.writable(address),
                () -> code.write(address, 0, bytes, 0, 1),
                () -> code.publish(address),
                () -> code.patch(address, 0, 0, 1),
                () -> code.shrink(address, 1),
                () -> code.free(address),
                () -> code.usableByteSize(address),
                () -> code.blockContaining(address));
        for (ThrowingCallable call : calls) {
            assertThat(catchThrowableOfType(HeapClosedException.class, call)).hasMessage("heap gone is closed");
        }
        assertThat(heap.name()).isEqualTo("gone");
        assertThat(heap.committedByteSize()).isZero();
        assertThat(published).hasToString(
                "CodeBlock[address=0x" + Long.toHexString(publishedAddress) + ", byteSize=6, PUBLISHED]");
    }

    @Test
    void segmentsOfAClosedHeapThrowAndTouchNothing() {
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
        CodeBlock block = heap.allocate(100);
        MemorySegment writable = block.writable();
        MemorySegment part = writable.asSlice(10, 10);
        MemorySegment executable = block.publish();
        heap.close();

        for (MemorySegment segment : List.of(writable, part, executable)) {
            assertThat(segment.scope().isAlive()).isFalse();
            assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> segment.toArray(ValueLayout.JAVA_BYTE))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> part.fill((byte) 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCallWithASegmentKeepsTheHeapOpen() throws Exception {
        MethodHandle pipe = libc("pipe", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        MethodHandle read = libc("read", FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).name("busy").build();
        CodeBlock block = heap.allocate(100);
        try (Arena arena = Arena.ofConfined();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            assertThat(invoke(pipe, ends)).isEqualTo(0);
            int readEnd = ends.getAtIndex(ValueLayout.JAVA_INT, 0);
            int writeEnd = ends.getAtIndex(ValueLayout.JAVA_INT, 1);
            MemorySegment buffer = block.writable();
            Future<Object> reader = thread.submit(() -> invoke(read, readEnd, buffer, 100L));
            assertCloseIsRefusedWhile(heap, reader);

            MemorySegment word = arena.allocateFrom("done");
            MethodHandle write = libc("write", FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
            assertThat(invoke(write, writeEnd, word, 4L)).isEqualTo(4L);
            assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(4L);
            assertThat(buffer.asSlice(0, 4).mismatch(word.asSlice(0, 4))).isEqualTo(-1);
            Libc.system().close(readEnd);
            Libc.system().close(writeEnd);
        }
        heap.close();
        assertThatThrownBy(heap::stats).isInstanceOf(HeapClosedException.class);
    }

    /** The linker of JDK 25 keeps the target of a call alive too, although its Javadoc does not promise this. */
    @Test
    void aCallOfASegmentOfTheHeapKeepsTheHeapOpen() throws Exception {
        MethodHandle call = LINKER.downcallHandle(FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).name("busy").build();
        MemorySegment waiting = heap.define(NativeCode.waitingForFlag()).executable();
        try (Arena arena = Arena.ofShared();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            MemorySegment flag = arena.allocate(ValueLayout.JAVA_INT);
            Future<Object> running = thread.submit(() -> invoke(call, waiting, flag));
            try {
                assertCloseIsRefusedWhile(heap, running);
            } finally {
                flag.set(ValueLayout.JAVA_INT, 0, 1);
            }
            running.get(10, TimeUnit.SECONDS);
        }
        heap.close();
        assertThatThrownBy(heap::stats).isInstanceOf(HeapClosedException.class);
    }

    private static void assertCloseIsRefusedWhile(CodeHeap heap, Future<?> running) throws Exception {
        // close() would succeed before the call is inside.
        assertThatThrownBy(() -> running.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        HeapStats before = heap.stats();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(catchThrowableOfType(BlockStateException.class, heap::close))
                    .hasMessageStartingWith("close failed: a running downcall was given a segment of heap busy; close"
                            + " it when that call has returned");
        }
        assertThat(heap.stats()).isEqualTo(before);
        assertThat(NativeCode.call(heap.define(NativeCode.returning(42)).address())).isEqualTo(42);
        assertThat(heap.audit().isClean()).isTrue();
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
