package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several threads share a heap: none sees another's bytes, and a close at any moment causes exceptions, no crash. */
class SharedHeapTest {
    private static final int THREAD_COUNT = 4;
    private static final int ROUND_COUNT = 4000;

    /** A function that returns {@code value}, followed by bytes that repeat it. */
    private record Function(long address, int byteSize, int value) {}

    @OnEveryRung
    void functionsOfSeveralThreadsKeepTheirBytesUntilAnyThreadFreesThem(MemoryDemand memory) throws Exception {
        try (HugePages _ = HugePages.need(memory, 16);
                CodeHeap heap = CodeHeap.builder().memory(memory).capacity(32 << 20).build();
                ExecutorService threads = Executors.newFixedThreadPool(THREAD_COUNT)) {
            // Another thread takes over what one thread made: the queue publishes the address.
            BlockingQueue<Function> handedOver = new ArrayBlockingQueue<>(256);
            List<Future<?>> workers = new ArrayList<>();
            for (int thread = 0; thread < THREAD_COUNT; thread++) {
                int seed = thread;
                workers.add(threads.submit(() -> {
                    work(heap, handedOver, new SplittableRandom(seed));
                    return null;
                }));
            }
            for (Future<?> worker : workers) {
                worker.get(60, TimeUnit.SECONDS);
            }
            for (Function left : handedOver) {
                checkAndFree(heap, left);
            }
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(heap.stats().liveByteSize()).isZero();
            heap.space().blocks().checkInvariants();
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    private static void work(CodeHeap heap, BlockingQueue<Function> handedOver, SplittableRandom random) {
        List<Function> own = new ArrayList<>();
        for (int round = 0; round < ROUND_COUNT; round++) {
            Function made = make(heap, 6 + random.nextInt(random.nextInt(10) == 0 ? 20_000 : 600), random.nextInt());
            if (random.nextBoolean() || !handedOver.offer(made)) {
                own.add(made);
            }
            Function taken = random.nextBoolean() ? handedOver.poll() : null;
            if (taken != null) {
                checkAndFree(heap, taken);
            }
            if (own.size() > 50) {
                checkAndFree(heap, own.remove(random.nextInt(own.size())));
            }
        }
        own.forEach(left -> checkAndFree(heap, left));
    }

    private static Function make(CodeHeap heap, int byteSize, int value) {
        byte[] bytes = new byte[byteSize];
        Arrays.fill(bytes, (byte) value);
        System.arraycopy(NativeCode.returning(value), 0, bytes, 0, 6);
        CodeAddresses code = heap.addresses();
        long address = code.allocate(byteSize);
        code.write(address, 0, MemorySegment.ofArray(bytes), 0, byteSize);
        code.publish(address);
        return new Function(address, byteSize, value);
    }

    private static void checkAndFree(CodeHeap heap, Function function) {
        int result = NativeCode.call(function.address);
        MemorySegment seen = heap.space().zone()
                .front()
                .segment()
                .asSlice(function.address - heap.space().zone().base(), function.byteSize);
        boolean whole = true;
        for (int offset = 6; offset < function.byteSize; offset++) {
            whole &= seen.get(ValueLayout.JAVA_BYTE, offset) == (byte) function.value;
        }
        if (result != function.value || !whole) {
            throw new AssertionError(function + ": result=" + result + ", whole=" + whole);
        }
        heap.addresses().free(function.address);
    }

    @Test
    void aHeapClosedWhileOthersWorkThrowsInAllOfThem() throws Exception {
        for (int round = 0; round < 10; round++) {
            CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
            CountDownLatch working = new CountDownLatch(THREAD_COUNT);
            try (ExecutorService threads = Executors.newFixedThreadPool(THREAD_COUNT)) {
                List<Future<RuntimeException>> workers = new ArrayList<>();
                for (int thread = 0; thread < THREAD_COUNT; thread++) {
                    boolean byObject = thread % 2 == 0;
                    workers.add(threads.submit(() -> workUntilItThrows(heap, byObject, working)));
                }
                working.await();
                heap.close();
                for (Future<RuntimeException> worker : workers) {
                    // The exception of the heap, or that of the arena if the thread was using a segment.
                    assertThat(worker.get(10, TimeUnit.SECONDS))
                            .isInstanceOfAny(HeapClosedException.class, IllegalStateException.class);
                }
            }
        }
    }

    private static RuntimeException workUntilItThrows(CodeHeap heap, boolean byObject, CountDownLatch working) {
        byte[] bytes = new byte[3000];
        for (int round = 0;; round++) {
            if (round == 20) {
                working.countDown();
            }
            try {
                if (byObject) {
                    CodeBlock block = heap.allocate(bytes.length);
                    block.writable().copyFrom(MemorySegment.ofArray(bytes));
                    MemorySegment seen = block.publish();
                    assertThat(seen.get(ValueLayout.JAVA_BYTE, 100)).isZero();
                    block.free();
                } else {
                    CodeAddresses code = heap.addresses();
                    long address = code.allocate(bytes.length);
                    code.write(address, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
                    code.publish(address);
                    code.free(address);
                }
            } catch (RuntimeException closed) {
                return closed;
            }
        }
    }
}
