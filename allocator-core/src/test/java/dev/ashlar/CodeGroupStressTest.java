package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.NativeCode;
import dev.ashlar.host.Seeded;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Threads open, fill, call and close the same groups at random, beside blocks of the heap itself, which are freed if no
 * call can enter them, and retired if one can. A call either returns what its own code returns, or the group is closed;
 * what a close or a quiescent point frees is freed once. The long form is {@code -Dashlar.groupRounds=1000000}.
 */
class CodeGroupStressTest {
    private static final int ROUND_COUNT = Integer.getInteger("ashlar.groupRounds", 20_000);
    private static final int THREAD_COUNT = 3;
    private static final int SLOT_COUNT = 4;
    /** More than are retired while one thread waits for its turn on a processor. */
    private static final int LARGEST_BACKLOG = 1 << 16;
    private static final FunctionDescriptor ANSWER = FunctionDescriptor.of(ValueLayout.JAVA_INT);

    /** A group and the code in it that was linked last. */
    private static final class Shared {
        final CodeGroup group;
        volatile Linked linked;

        Shared(CodeGroup group) {
            this.group = group;
        }
    }

    private record Linked(MethodHandle handle, int value) {}

    /** Code of the heap that any thread may call until its next quiescent point. */
    private record Current(CodeBlock block, Linked linked) {}

    private final AtomicReference<Current> current = new AtomicReference<>();

    private final AtomicReferenceArray<Shared> slots = new AtomicReferenceArray<>(SLOT_COUNT);

    /** Groups that were in use when a thread was to close them. */
    private final Queue<CodeGroup> open = new ConcurrentLinkedQueue<>();

    @Seeded
    void everyCallReturnsWhatItsCodeReturnsOrSaysThatItsGroupIsClosed(long seed) throws InterruptedException {
        for (WritePath path : WritePath.values()) {
            try (CodeHeap heap = CodeHeap.builder().writePath(path).memory(MemoryDemand.SMALL).build();
                    Retirement retirement = heap.openRetirement(LARGEST_BACKLOG)) {
                Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
                List<Thread> threads = new ArrayList<>();
                for (int index = 0; index < THREAD_COUNT; index++) {
                    SplittableRandom random = new SplittableRandom(seed + index);
                    threads.add(Thread.ofPlatform().start(() -> {
                        try (RegisteredThread registered = retirement.register()) {
                            for (int round = 0; round < ROUND_COUNT / THREAD_COUNT; round++) {
                                step(heap, retirement, random);
                                registered.quiescent();
                            }
                        } catch (Throwable e) {
                            thrown.add(e);
                        }
                    }));
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThat(thrown).isEmpty();
                retirement.quiescent();
                assertThat(retirement.backlogCount()).isZero();
                current.getAndSet(null).block.free();
                heap.closeAll();
                assertThat(heap.stats().liveBlockCount()).isZero();
                assertThat(heap.audit().misplaced()).isEmpty();
                heap.checkInvariants();
            }
            for (int index = 0; index < SLOT_COUNT; index++) {
                slots.set(index, null);
            }
        }
    }

    private void step(CodeHeap heap, Retirement retirement, SplittableRandom random) throws Throwable {
        int slot = random.nextInt(SLOT_COUNT);
        Shared shared = slots.get(slot);
        if (shared == null) {
            slots.compareAndSet(slot, null, new Shared(heap.openGroup()));
            return;
        }
        try {
            switch (random.nextInt(16)) {
                case 0 -> {
                    open.add(shared.group);
                    slots.compareAndSet(slot, shared, null);
                    shared.group.close();
                    open.remove(shared.group);
                }
                case 1, 2, 3 -> define(shared, random);
                case 4 -> write(shared, random);
                case 5 -> heap.define(NativeCode.returning(1)).free();
                case 6 -> replace(heap, retirement, random);
                case 7, 8 -> callCurrent();
                default -> call(shared.linked);
            }
        } catch (BlockStateException | AlreadyClosedException closed) {
            // Another thread has closed the group, or a call runs in the one that this thread was to close.
        }
    }

    private static void define(Shared shared, SplittableRandom random) {
        int value = random.nextInt();
        MethodHandle handle = shared.group.define(NativeCode.returning(value)).bind(ANSWER);
        shared.linked = new Linked(handle, value);
    }

    private void replace(CodeHeap heap, Retirement retirement, SplittableRandom random) {
        int value = random.nextInt();
        CodeBlock block = heap.define(NativeCode.returning(value));
        Current before = current.getAndSet(new Current(block, new Linked(block.bind(ANSWER), value)));
        if (before != null) {
            retirement.retire(before.block);
        }
    }

    private void callCurrent() throws Throwable {
        Current found = current.get();
        if (found != null) {
            call(found.linked);
        }
    }

    private static void write(Shared shared, SplittableRandom random) throws AlreadyClosedException {
        CodeBlock block = shared.group.allocate(random.nextInt(16, 8192));
        try {
            block.writable().asSlice(0, 6).copyFrom(MemorySegment.ofArray(NativeCode.returning(1)));
        } catch (IllegalStateException closed) {
            throw new AlreadyClosedException();
        }
        block.shrink(16).publish();
    }

    private static void call(Linked linked) throws Throwable {
        if (linked == null) {
            return;
        }
        int result;
        try {
            result = (int) linked.handle.invokeExact();
        } catch (IllegalStateException closed) {
            throw new AlreadyClosedException();
        }
        assertThat(result).isEqualTo(linked.value);
    }

    /** The JDK's refusal of a call or an access after a close. */
    private static final class AlreadyClosedException extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
