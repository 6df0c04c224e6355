package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Invariant 10: code published by one thread and reached through a properly published reference runs correctly on any
 * other, even if its address held other code before. Two threads pass batches of functions to each other. Each calls
 * the functions of the other, frees them, and writes new ones. The long form is {@code -Dashlar.reuses=100000000}.
 */
@SuppressWarnings("restricted")
class PublishedCodeStressTest {
    private static final long REUSES = Long.getLong("ashlar.reuses", 1_000_000);
    private static final int BATCH_SIZE = 64;
    private static final int BATCH_COUNT = 4;

    private static final MethodHandle CALL =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_INT));

    /** Functions on their way to the thread that calls them; the queue publishes them. */
    private static final class Batch {
        final long[] addresses = new long[BATCH_SIZE];
        final int[] results = new int[BATCH_SIZE];
        /** Differs from batch to batch, so that no two functions written return the same number. */
        long serial;
    }

    @Test
    void codeRunsAsWrittenOnAnotherCoreAtReusedAddresses() throws Exception {
        BlockingQueue<Batch> toFirst = new ArrayBlockingQueue<>(BATCH_COUNT);
        BlockingQueue<Batch> toSecond = new ArrayBlockingQueue<>(BATCH_COUNT);
        long rounds = REUSES / BATCH_SIZE / 2;
        // Small pages suffice: the rule is about physical addresses, and other tests need the huge-page pool.
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CodeAddresses code = heap.addresses();
            for (int count = 0; count < BATCH_COUNT; count++) {
                Batch batch = new Batch();
                batch.serial = (long) count << 48;
                write(code, batch);
                toFirst.add(batch);
            }
            Future<Set<Long>> first = threads.submit(() -> exchange(code, toFirst, toSecond, rounds));
            Future<Set<Long>> second = threads.submit(() -> exchange(code, toSecond, toFirst, rounds));
            Set<Long> distinct = new HashSet<>(first.get(30, TimeUnit.MINUTES));
            distinct.addAll(second.get(30, TimeUnit.MINUTES));
            assertThat(heap.stats().liveBlockCount()).isEqualTo(BATCH_COUNT * BATCH_SIZE);
            assertThat(distinct.size()).as("addresses, each written thousands of times").isLessThan(2048);
        }
    }

    private static Set<Long> exchange(
            CodeAddresses code, BlockingQueue<Batch> incoming, BlockingQueue<Batch> outgoing, long rounds)
            throws InterruptedException {
        Set<Long> distinct = new HashSet<>();
        for (long round = 0; round < rounds; round++) {
            Batch batch = incoming.take();
            for (int index = 0; index < BATCH_SIZE; index++) {
                long address = batch.addresses[index];
                int result = call(address);
                if (result != batch.results[index]) {
                    throw new AssertionError("round " + round + ", function at 0x" + Long.toHexString(address)
                            + ": returned " + result + ", written was " + batch.results[index]);
                }
                code.free(address);
            }
            write(code, batch);
            outgoing.put(batch);
            if (round < 64) {
                Arrays.stream(batch.addresses).forEach(distinct::add);
            }
        }
        return distinct;
    }

    /** Fills a batch with functions that return numbers of their own. */
    private static void write(CodeAddresses code, Batch batch) {
        byte[] function = {(byte) 0xb8, 0, 0, 0, 0, (byte) 0xc3}; // mov eax, imm32; ret
        MemorySegment bytes = MemorySegment.ofArray(function);
        for (int index = 0; index < BATCH_SIZE; index++) {
            int result = Long.hashCode(++batch.serial * 0x9e3779b97f4a7c15L);
            bytes.set(ValueLayout.JAVA_INT_UNALIGNED, 1, result);
            long address = code.allocate(function.length);
            code.write(address, 0, bytes, 0, function.length);
            code.publish(address);
            batch.addresses[index] = address;
            batch.results[index] = result;
        }
    }

    private static int call(long address) {
        try {
            return (int) CALL.invokeExact(MemorySegment.ofAddress(address));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
