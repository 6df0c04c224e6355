package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Threads that call a function again and again, while this thread changes its result: 1, then 2, and so on. A call
 * must return a number that was current at some time during the call. So the threads find torn numbers, late numbers,
 * and numbers that return.
 */
final class Callers {
    private static final int THREAD_COUNT = 2;

    private final LongSupplier call;
    private final long modulus;
    private volatile long begun;
    private volatile long done;
    private volatile boolean over;

    private Callers(LongSupplier call, long modulus) {
        this.call = call;
        this.modulus = modulus;
    }

    /**
     * Changes a function while other threads call it. It returns 0 at first.
     *
     * @param change makes the function return a number
     * @param modulus the function returns the remainder of the number by the modulus
     */
    static void watch(long changeCount, LongConsumer change, LongSupplier call, long modulus) throws Exception {
        new Callers(call, modulus).watch(changeCount, change);
    }

    private void watch(long changeCount, LongConsumer change) throws Exception {
        CountDownLatch started = new CountDownLatch(THREAD_COUNT);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREAD_COUNT)) {
            List<Future<Long>> sightings = new ArrayList<>();
            for (int thread = 0; thread < THREAD_COUNT; thread++) {
                sightings.add(threads.submit(() -> callUntilOver(started)));
            }
            started.await();
            try {
                for (long number = 1; number <= changeCount; number++) {
                    begun = number;
                    change.accept(number);
                    done = number;
                    require(number, call.getAsLong(), number);
                }
            } finally {
                over = true;
            }
            for (Future<Long> seen : sightings) {
                assertThat(seen.get()).as("changes that a caller saw").isPositive();
            }
        }
    }

    /** {@return how many calls returned another number than the call before} */
    private long callUntilOver(CountDownLatch started) {
        long changesSeen = 0;
        long last = 0;
        while (true) {
            boolean wasOver = over;
            long earliest = done;
            long found = call.getAsLong();
            require(earliest, found, begun);
            changesSeen += found == last ? 0 : 1;
            last = found;
            started.countDown();
            if (wasOver) {
                return changesSeen;
            }
        }
    }

    private void require(long earliest, long found, long latest) {
        long number = latest - Math.floorMod(latest - found, modulus);
        if (number < earliest) {
            throw new AssertionError("a call returned " + found + ", current was " + earliest + " to " + latest
                    + " modulo " + modulus);
        }
    }
}
