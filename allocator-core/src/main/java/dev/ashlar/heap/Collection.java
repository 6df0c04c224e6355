package dev.ashlar.heap;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the code of a heap that the garbage collector frees, and asks the collector for it when memory is short.
 *
 * <p>Thread-safe.
 */
final class Collection {
    private static final Duration PAUSE = Duration.ofMillis(1);

    private final AtomicInteger liveCount = new AtomicInteger();
    private final AtomicLong endedCount = new AtomicLong();
    private volatile long longestWaitNanos;

    /** Sets how long an allocation waits. */
    void longestWait(Duration wait) {
        longestWaitNanos = wait.toNanos();
    }

    /** Counts a block, a unit or a batch. */
    void begun() {
        liveCount.incrementAndGet();
    }

    /** Counts it as freed. */
    void ended() {
        endedCount.incrementAndGet();
        liveCount.decrementAndGet();
    }

    /** {@return how many are not freed} */
    int liveCount() {
        return liveCount.get();
    }

    /** A wait for the collector, which is asked once. */
    final class Request {
        private long endedBefore;
        private long start;
        private boolean isAsked;

        /**
         * Waits until some code was freed. Pre: the caller holds no lock that a free takes.
         *
         * @return whether some was freed since the last call; false after the longest wait
         */
        boolean awaitNext() {
            if (!isAsked) {
                if (liveCount.get() == 0 || isCleaner(Thread.currentThread())) {
                    return false;
                }
                isAsked = true;
                endedBefore = endedCount.get();
                start = System.nanoTime();
                System.gc();
            }
            while (endedCount.get() == endedBefore && System.nanoTime() - start < longestWaitNanos && pause()) {
                // The cleaner frees what the collector has found.
            }
            long ended = endedCount.get();
            boolean wasFreed = ended != endedBefore;
            endedBefore = ended;
            return wasFreed;
        }
    }

    /** The actions of a cleaner run one after the other: one that waits would wait for itself. */
    private static boolean isCleaner(Thread thread) {
        return thread.getName().startsWith("Cleaner-") || thread.getName().equals("Common-Cleaner");
    }

    /** {@return whether the thread was not interrupted} */
    private static boolean pause() {
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
