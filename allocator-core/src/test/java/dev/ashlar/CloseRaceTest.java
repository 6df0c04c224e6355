package dev.ashlar;

import static dev.ashlar.TestHeaps.over;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A call that another thread's close overtakes throws what every call after a close throws. */
class CloseRaceTest {
    private static final int ROUND_COUNT = 150;

    private static final MemorySegment LARGE_CODE = MemorySegment.ofArray(new byte[200_000]);

    private interface Use {
        void of(CodeHeap heap);
    }

    private static final List<Use> CODE_USES = List.of(
            heap -> heap.allocateUnit(new UnitSizes(32, 3000, 3000)).free(),
            heap -> {
                CodeUnit unit = heap.allocateUnit(new UnitSizes(32, 16, 0));
                unit.publish();
                unit.free();
            },
            heap -> {
                CodeBlock block = heap.allocate(5000);
                block.shrink(4000);
                block.writable();
                block.publish();
                block.free();
            },
            heap -> heap.define(NativeCode.returning(1)).free(),
            heap -> heap.define(LARGE_CODE, LARGE_CODE, _ -> {}).free(),
            CloseRaceTest::relocate,
            heap -> {
                CodeAddresses code = heap.addresses();
                long address = code.allocate(100);
                code.write(address, 0, MemorySegment.ofArray(NativeCode.returning(1)), 0, 6);
                code.publish(address);
                code.free(address);
            },
            heap -> {
                try (TrampolinePool pool = heap.openTrampolines(1)) {
                    pool.take(1).retarget(2);
                }
            },
            CodeHeap::audit,
            CodeHeap::stats,
            CodeHeap::report,
            CodeHeap::ledger,
            CodeHeap::trim,
            CodeHeap::heal,
            heap -> heap.precommit(1));

    @ParameterizedTest
    @EnumSource
    void everyCallOfACodeHeapSaysThatItIsClosed(WritePath path) throws InterruptedException {
        for (int round = 0; round < ROUND_COUNT; round++) {
            Use use = CODE_USES.get(round % CODE_USES.size());
            CodeHeap heap =
                    CodeHeap.builder().writePath(path).memory(MemoryDemand.SMALL).build();
            race(round, heap, () -> use.of(heap));
        }
    }

    @Test
    void everyCallOfADataHeapSaysThatItIsClosed() throws InterruptedException {
        for (int round = 0; round < ROUND_COUNT; round++) {
            DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).build();
            List<Runnable> uses = List.of(
                    () -> heap.free(heap.allocate(100)),
                    () -> heap.free(heap.allocate(100_000)),
                    () -> heap.addresses().free(heap.addresses().allocateZeroed(3000)),
                    heap::audit,
                    heap::stats);
            race(round, heap, uses.get(round % uses.size()));
        }
    }

    private static void relocate(CodeHeap heap) {
        CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 0, 16));
        CodeBlock block = heap.allocate(16);
        for (int count = 0; count < 1000; count++) {
            unit.data().orElseThrow().abs64(0, 1);
            unit.code().abs64(0, 1);
            block.abs64(0, 1);
        }
        unit.free();
        block.free();
    }

    /** The last call of the group is overtaken by the close of the group. */
    @ParameterizedTest
    @EnumSource
    void everyRelocationInAGroupSaysThatItIsClosed(WritePath path) throws InterruptedException {
        try (CodeHeap heap = CodeHeap.builder().writePath(path).memory(MemoryDemand.SMALL).build()) {
            for (int round = 0; round < ROUND_COUNT; round++) {
                CodeGroup group = heap.openGroup();
                CodeUnit unit = group.allocateUnit(new UnitSizes(16, 0, 16));
                boolean defines = round % 2 == 0;
                AtomicReference<Throwable> thrown = new AtomicReference<>();
                Thread thread = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(() -> {
                    while (true) {
                        unit.data().orElseThrow().abs64(0, 1);
                        unit.code().abs64(0, 1);
                        if (defines) {
                            group.define(LARGE_CODE, LARGE_CODE, _ -> {});
                        }
                    }
                })));
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(400_000));
                group.close();
                thread.join();
                assertThat(thrown.get()).as("round %s", round).isInstanceOf(BlockStateException.class);
                assertThat(heap.stats().liveBlockCount()).isZero();
            }
        }
    }

    private static void race(int round, Heap heap, Runnable use) throws InterruptedException {
        Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        CountDownLatch started = new CountDownLatch(2);
        List<Thread> threads = new ArrayList<>();
        for (int index = 0; index < 2; index++) {
            threads.add(Thread.ofPlatform().start(() -> {
                started.countDown();
                try {
                    while (true) {
                        use.run();
                    }
                } catch (Throwable end) {
                    thrown.add(end);
                }
            }));
        }
        started.await();
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(400_000));
        heap.close();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(thrown).as("round %s", round).hasSize(2).allSatisfy(
                end -> assertThat(end).isInstanceOf(HeapClosedException.class));
    }

    /** The close comes while the kernel's tables are read. */
    @Test
    void anAuditThatACloseOvertakesSaysThatTheHeapIsClosed() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        CodeHeap heap =
                over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).name("gone").build();
        calls.failWhen(
                call -> {
                    if (call.method().equals("open")) {
                        heap.close();
                    }
                    return false;
                },
                1);
        assertThatThrownBy(heap::audit).isInstanceOf(HeapClosedException.class).hasMessage("heap gone is closed");
    }
}
