package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryDataRung;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Several threads use one data heap. Each block keeps its bytes, whether a segment, an address or an arena holds it,
 * and any thread may free it.
 */
class DataThreadsTest {
    private static final int THREAD_COUNT = 4;
    private static final int ROUND_COUNT = 3000;

    @OnEveryDataRung
    void segmentsAddressesAndArenasKeepTheirBytesUntilAnyThreadFreesThem(MemoryDemand memory) throws Exception {
        try (HugePages _ = HugePages.needForData(memory, 16);
                DataHeap heap = DataHeap.builder().memory(memory).capacity(32 << 20).build();
                ExecutorService threads = Executors.newFixedThreadPool(THREAD_COUNT)) {
            BlockingQueue<MemorySegment> handedOver = new ArrayBlockingQueue<>(256);
            List<Future<?>> workers = new ArrayList<>();
            for (int thread = 0; thread < THREAD_COUNT; thread++) {
                int seed = thread;
                workers.add(threads.submit(() -> work(heap, handedOver, new SplittableRandom(seed))));
            }
            for (Future<?> worker : workers) {
                worker.get(60, TimeUnit.SECONDS);
            }
            handedOver.forEach(left -> checkAndFree(heap, left));
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(heap.stats().liveByteSize()).isZero();
            heap.space().blocks().checkInvariants();
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    private static void work(DataHeap heap, BlockingQueue<MemorySegment> handedOver, SplittableRandom random) {
        for (int round = 0; round < ROUND_COUNT; round++) {
            int byteSize = 8 + random.nextInt(random.nextInt(10) == 0 ? 20_000 : 600);
            byte mark = (byte) random.nextInt();
            MemorySegment made = heap.allocate(byteSize);
            assertThat(holdsOnly(made, (byte) 0)).isTrue();
            made.fill(mark);
            if (!handedOver.offer(made)) {
                checkAndFree(heap, made);
            }
            try (Arena arena = heap.confinedArena()) {
                MemorySegment first = arena.allocate(byteSize).fill(mark);
                MemorySegment second = arena.allocate(1 + byteSize / 2).fill((byte) ~mark);
                MemorySegment taken = random.nextBoolean() ? handedOver.poll() : null;
                if (taken != null) {
                    checkAndFree(heap, taken);
                }
                assertThat(holdsOnly(first, mark)).isTrue();
                assertThat(holdsOnly(second, (byte) ~mark)).isTrue();
            }
        }
    }

    private static void checkAndFree(DataHeap heap, MemorySegment segment) {
        assertThat(holdsOnly(segment, segment.get(ValueLayout.JAVA_BYTE, 0))).isTrue();
        heap.free(segment);
    }

    private static boolean holdsOnly(MemorySegment segment, byte value) {
        byte[] expected = new byte[(int) segment.byteSize()];
        Arrays.fill(expected, value);
        return segment.mismatch(MemorySegment.ofArray(expected)) == -1;
    }

    @Test
    void virtualThreadsLeaveNothingBehind() throws Exception {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).build()) {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> tasks = new ArrayList<>();
                for (int task = 0; task < 500; task++) {
                    int mark = task;
                    tasks.add(threads.submit(() -> {
                        try (Arena arena = heap.confinedArena()) {
                            MemorySegment segment = arena.allocate(1000).fill((byte) mark);
                            LockSupport.parkNanos(1000);
                            assertThat(holdsOnly(segment, (byte) mark)).isTrue();
                        }
                    }));
                }
                for (Future<?> task : tasks) {
                    task.get(30, TimeUnit.SECONDS);
                }
            }
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }
}
