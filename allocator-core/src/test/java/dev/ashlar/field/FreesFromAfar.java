package dev.ashlar.field;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeHeap;
import dev.ashlar.DataAddresses;
import dev.ashlar.DataHeap;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.WrongAddressException;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/** One thread allocates, others free what they are given, once each. No free is refused, and no block is lost. */
public final class FreesFromAfar {
    private static final int RING = 64;
    private static final int CONSUMERS = 3;

    private static volatile boolean stop;

    private FreesFromAfar() {}

    public static void main(String[] arguments) throws InterruptedException {
        int byteSize = Integer.parseInt(arguments[1]);
        int seconds = Integer.parseInt(arguments[2]);
        if (arguments[0].equals("code")) {
            CodeHeap heap = CodeHeap.builder().capacity(256L << 20).build();
            CodeAddresses addresses = heap.addresses();
            run(seconds, byteSize, addresses::allocate, addresses::free, () -> {
                heap.trim();
                return heap.stats();
            });
        } else {
            DataHeap heap = DataHeap.builder().capacity(256L << 20).memory(MemoryDemand.SMALL).build();
            DataAddresses addresses = heap.addresses();
            run(seconds, byteSize, addresses::allocate, addresses::free, () -> {
                heap.trim();
                return heap.stats();
            });
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void run(int seconds, int byteSize, LongUnaryOperator allocate, LongConsumer free,
            Supplier<HeapStats> stats) throws InterruptedException {
        AtomicLong wrong = new AtomicLong();
        AtomicLongArray[] rings = new AtomicLongArray[CONSUMERS];
        CountDownLatch done = new CountDownLatch(CONSUMERS);
        for (int consumer = 0; consumer < CONSUMERS; consumer++) {
            AtomicLongArray ring = new AtomicLongArray(RING);
            rings[consumer] = ring;
            Thread.ofPlatform().daemon().start(() -> {
                consume(ring, free, wrong);
                done.countDown();
            });
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        int[] positions = new int[CONSUMERS];
        SplittableRandom random = new SplittableRandom(42);
        while (System.nanoTime() < end) {
            for (int round = 0; round < 1000; round++) {
                int consumer = random.nextInt(CONSUMERS);
                if (rings[consumer].get(positions[consumer]) == 0) {
                    rings[consumer].set(positions[consumer], allocate.applyAsLong(byteSize));
                    positions[consumer] = (positions[consumer] + 1) % RING;
                } else {
                    Thread.onSpinWait();
                }
            }
        }
        stop = true;
        done.await();
        HeapStats after = stats.get();
        System.out.println("refused = " + wrong + ", live = " + after.liveBlockCount());
    }

    private static void consume(AtomicLongArray ring, LongConsumer free, AtomicLong wrong) {
        int position = 0;
        while (true) {
            boolean isLast = stop;
            long address = ring.get(position);
            if (address == 0) {
                if (isLast) {
                    return;
                }
                Thread.onSpinWait();
                continue;
            }
            ring.set(position, 0);
            position = (position + 1) % RING;
            try {
                free.accept(address);
            } catch (WrongAddressException refused) {
                wrong.incrementAndGet();
            }
        }
    }
}
