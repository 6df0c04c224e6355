package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.over;
import static dev.ashlar.TestHeaps.space;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.Heap;
import dev.ashlar.host.HardenedCell;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryDataRung;
import dev.ashlar.host.OnEveryHardening;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.host.WatchedCalls;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The next region of a growing heap is committed by another thread, so that no allocation waits for the kernel. */
class PreparedRegionTest {
    private static final long REGION = 2 << 20;
    private static final int BLOCK = 64 << 10;
    private static final int BLOCKS_PER_REGION = (int) (REGION / BLOCK);

    private final WatchedCalls calls = new WatchedCalls();

    private DataHeap data(MemoryDemand memory) {
        return over(calls.around(Libc.system()), DataHeap.builder().memory(memory).capacity(32 * REGION)).build();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static void awaitPrepared(Heap heap, int regionCount) throws InterruptedException {
        await(() -> stats(heap).preparedByteSize() == regionCount * REGION);
    }

    private static HeapStats stats(Heap heap) {
        return switch (heap) {
            case CodeHeap code -> code.stats();
            case DataHeap data -> data.stats();
            default -> throw new AssertionError(heap);
        };
    }

    private static void fill(DataHeap heap, int regionCount) {
        for (int index = 0; index < regionCount * BLOCKS_PER_REGION; index++) {
            heap.allocate(BLOCK);
        }
    }

    private static void fill(CodeHeap heap, int regionCount) {
        for (int index = 0; index < regionCount * BLOCKS_PER_REGION; index++) {
            heap.allocate(BLOCK);
        }
    }

    /** Fills three regions, of which allocations had to commit two, so that the heap grows. */
    private static void startToGrow(DataHeap heap) {
        fill(heap, 2);
        heap.allocate(BLOCK);
    }

    private static Future<Void> start(Runnable action) {
        FutureTask<Void> task = new FutureTask<>(action, null);
        Thread.ofPlatform().name("caller").daemon().start(task);
        return task;
    }

    @OnEveryDataRung
    void aGrowingDataHeapFindsItsNextRegionPrepared(MemoryDemand memory) throws InterruptedException {
        try (HugePages _ = HugePages.needForData(memory, 8);
                DataHeap heap = data(memory)) {
            startToGrow(heap);
            for (int regionCount = 4; regionCount < 7; regionCount++) {
                awaitPrepared(heap, 1);
                assertThat(heap.committedByteSize()).isEqualTo(regionCount * REGION);
                assertThat(heap.audit().isClean()).isTrue();
                calls.takeThreadNames();
                fill(heap, 1);
                assertThat(calls.takeThreadNames()).doesNotContain(Thread.currentThread().getName());
            }
            heap.checkInvariants();
        }
    }

    @Test
    void theHousekeepingThreadIsBatchWork() throws InterruptedException {
        AtomicReference<String> policy = new AtomicReference<>("");
        calls.onHousekeeping(_ -> {
            policy.compareAndSet("", schedulingPolicy());
            return 0;
        });
        try (DataHeap heap = data(MemoryDemand.SMALL)) {
            startToGrow(heap);
            await(() -> !policy.get().isEmpty());
        }
        assertThat(policy.get()).isEqualTo("3");
        assertThat(schedulingPolicy()).isNotEqualTo("3");
    }

    /** Field 41 of proc_pid_stat(5), counted from behind the name, which is field 2. */
    private static String schedulingPolicy() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[41 - 3];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @OnEveryPath
    void aGrowingCodeHeapFindsItsNextRegionPrepared(PathCell cell) throws InterruptedException {
        try (HugePages _ = cell.need(8);
                CodeHeap heap = over(calls.around(Libc.system()), cell.builder()).build()) {
            fill(heap, 3);
            awaitPrepared(heap, 1);
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
            assertThat(heap.audit().writableAndExecutable()).isEmpty();
            assertThat(heap.audit().misplaced()).isEmpty();
            calls.takeThreadNames();
            fill(heap, 1);
            assertThat(calls.takeThreadNames()).doesNotContain(Thread.currentThread().getName());
        }
    }

    @OnEveryHardening
    void aSealedHeapFindsItsNextRegionPreparedAndAPinnedOneDoesNot(HardenedCell cell) throws InterruptedException {
        try (HugePages _ = cell.need(8);
                CodeHeap heap = over(calls.around(Libc.system()), cell.builder()).build()) {
            fill(heap, 3);
            if (cell.isPinned()) {
                assertThat(calls.takeThreadNames()).containsExactly(Thread.currentThread().getName());
            } else {
                awaitPrepared(heap, 1);
                assertThat(heap.audit().isClean()).isTrue();
            }
        }
    }

    @Test
    void eachZoneHasItsNextRegionPrepared() throws InterruptedException {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            for (int index = 0; index < 3 * BLOCKS_PER_REGION; index++) {
                heap.allocateUnit(new UnitSizes(BLOCK, BLOCK, BLOCK)).publish();
            }
            awaitPrepared(heap, 3);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void aTrimGivesThePreparedRegionBack() throws InterruptedException {
        try (DataHeap heap = data(MemoryDemand.SMALL)) {
            startToGrow(heap);
            awaitPrepared(heap, 1);
            assertThat(heap.trim()).isEqualTo(REGION);
            assertThat(heap.stats().preparedByteSize()).isZero();
            assertThat(heap.committedByteSize()).isEqualTo(3 * REGION);
        }
    }

    @Test
    void ifTurnedOffEveryAllocationCommitsForItself() {
        try (DataHeap data = over(calls.around(Libc.system()), DataHeap.builder())
                .memory(MemoryDemand.SMALL).withoutPreparedRegions().build();
                CodeHeap code = over(calls.around(Libc.system()), CodeHeap.builder())
                        .memory(MemoryDemand.SMALL).withoutPreparedRegions().build()) {
            fill(data, 6);
            fill(code, 6);
            for (int index = 0; index < 3 * BLOCKS_PER_REGION; index++) {
                code.allocateUnit(new UnitSizes(16, BLOCK, BLOCK));
            }
            assertThat(data.stats().preparedByteSize() + code.stats().preparedByteSize()).isZero();
            assertThat(calls.takeThreadNames()).containsExactly(Thread.currentThread().getName());
        }
    }

    @Test
    void ifAPreparationIsRefusedTheAllocationCommitsForItselfAndTheErrorIsItsOwn() throws InterruptedException {
        FaultyCalls faulty = new FaultyCalls(Libc.system());
        try (DataHeap heap = over(calls.around(faulty), DataHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            calls.onHousekeeping(_ -> -Errno.ENOMEM);
            fill(heap, 6);
            await(calls::hasHousekeepingCalled);
            assertThat(heap.report().refusals()).isEmpty();
            assertThat(heap.stats().preparedByteSize()).isZero();
            faulty.failAll("mmap", Errno.ENOMEM);
            HeapExhaustedException exhausted =
                    catchThrowableOfType(HeapExhaustedException.class, () -> fill(heap, 1));
            assertThat(exhausted).hasMessageContaining("ENOMEM");
            faulty.heal();
            fill(heap, 1);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void anErrorInAPreparationLeavesAHole() throws InterruptedException {
        for (int nth = 1; nth < 5; nth++) {
            int[] left = {nth};
            try (DataHeap heap = data(MemoryDemand.SMALL)) {
                calls.takeThreadNames();
                calls.onHousekeeping(_ -> {
                    left[0]--;
                    if (left[0] == 0) {
                        throw new OutOfMemoryError("made by a test");
                    }
                    return 0;
                });
                startToGrow(heap);
                await(calls::hasHousekeepingCalled);
                fill(heap, 4);
                assertThat(heap.audit().isClean()).isTrue();
                heap.checkInvariants();
            }
        }
    }

    /** Lets a heap grow, and holds the housekeeping thread in its first call until the latch is counted down. */
    private CountDownLatch holdPreparation(DataHeap heap) throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(1);
        calls.onHousekeeping(_ -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return 0;
        });
        calls.takeThreadNames();
        startToGrow(heap);
        await(calls::hasHousekeepingCalled);
        return latch;
    }

    @Test
    void blocksAreTakenAndFreedWhileARegionIsPrepared() throws InterruptedException {
        try (DataHeap heap = data(MemoryDemand.SMALL)) {
            CountDownLatch latch = holdPreparation(heap);
            // The rest of the third region.
            for (int index = 1; index < BLOCKS_PER_REGION; index++) {
                heap.free(heap.allocate(BLOCK));
                heap.allocate(BLOCK);
            }
            assertThat(heap.stats().preparedByteSize()).isZero();
            assertThat(heap.committedByteSize()).isEqualTo(3 * REGION);
            latch.countDown();
            awaitPrepared(heap, 1);
        }
    }

    @Test
    void anAllocationThatNeedsTheRegionWaitsForItAndMakesNoCall() throws Exception {
        try (DataHeap heap = data(MemoryDemand.SMALL)) {
            CountDownLatch latch = holdPreparation(heap);
            Future<Void> needy = start(() -> fill(heap, 1));
            Thread.sleep(20);
            assertThat(needy.isDone()).isFalse();
            latch.countDown();
            needy.get();
            assertThat(calls.takeThreadNames()).doesNotContain("caller");
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void anAllocationDoesNotWaitForAPreparationThatHasNotBegun() throws InterruptedException {
        try (DataHeap first = data(MemoryDemand.SMALL);
                DataHeap second = data(MemoryDemand.SMALL)) {
            CountDownLatch latch = holdPreparation(first);
            fill(second, 6);
            assertThat(second.committedByteSize()).isEqualTo(6 * REGION);
            assertThat(second.audit().isClean()).isTrue();
            latch.countDown();
            awaitPrepared(second, 1);
        }
    }

    @Test
    void trimAndAuditAndCloseWaitForAPreparationThatHasBegun() throws Exception {
        for (int use = 0; use < 3; use++) {
            DataHeap heap = data(MemoryDemand.SMALL);
            CountDownLatch latch = holdPreparation(heap);
            Runnable call = switch (use) {
                case 0 -> heap::trim;
                case 1 -> () -> assertThat(heap.audit().isClean()).isTrue();
                default -> heap::close;
            };
            Future<Void> waiting = start(call);
            Thread.sleep(20);
            assertThat(waiting.isDone()).isFalse();
            latch.countDown();
            waiting.get();
            heap.close();
            calls.onHousekeeping(_ -> 0);
        }
    }

    @Test
    void theThreadEndsAndHoldsNoHeap() throws InterruptedException {
        WeakReference<Object> space = new WeakReference<>(spaceOfAGrownHeap());
        await(() -> {
            System.gc();
            return space.get() == null;
        });
        await(() -> !WatchedCalls.isHousekeepingAlive());
        // It starts again when it is needed.
        spaceOfAGrownHeap();
    }

    private Object spaceOfAGrownHeap() throws InterruptedException {
        try (DataHeap heap = data(MemoryDemand.SMALL)) {
            calls.onHousekeeping(_ -> {
                assertThat(Thread.currentThread().isDaemon()).isTrue();
                assertThat(Thread.currentThread().getContextClassLoader()).isNull();
                return 0;
            });
            startToGrow(heap);
            awaitPrepared(heap, 1);
            MemorySegment.copy(heap.allocate(BLOCK), 0, heap.allocate(BLOCK), 0, BLOCK);
            return space(heap);
        }
    }
}
