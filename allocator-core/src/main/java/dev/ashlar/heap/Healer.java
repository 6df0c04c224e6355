package dev.ashlar.heap;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Schedules the healing of one zone: full regions soon, idle ones after a while. It heals one region at a time and
 * pauses after each, because a collapse copies 2 MiB under the lock that every mmap of the process needs.
 *
 * <p>One daemon thread serves all heaps. It ends if there is nothing to do for a while.
 */
final class Healer {
    /**
     * Between two collapses. A collapse takes about a millisecond, so this bounds the load to a tenth of a processor.
     */
    private static final Duration PAUSE = Duration.ofMillis(10);
    /** Before a region that was refused is tried again. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private static final ScheduledThreadPoolExecutor THREAD = thread();

    /** What is healed. */
    interface Patient {
        /** Heals at most one region. */
        Step healOne();

        boolean hasSplitRegion();
    }

    /** The result of one step of healing. */
    enum Step {
        HEALED,
        /** The kernel did not make the region huge. */
        REFUSED,
        /** Every split region is still being filled. */
        WAITING,
        NOTHING_SPLIT
    }

    private final Patient patient;
    private final AtomicBoolean isScheduled = new AtomicBoolean();

    Healer(Patient patient) {
        this.patient = patient;
    }

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            // Inherit nothing from the thread that starts it.
            Thread thread = Thread.ofPlatform()
                    .name("ashlar-healer")
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .unstarted(task);
            thread.setContextClassLoader(null);
            return thread;
        });
        executor.setKeepAliveTime(10, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Schedules a step, because a region was split or a split one became full. */
    void wake() {
        if (isScheduled.compareAndSet(false, true)) {
            try {
                schedule(PAUSE);
            } catch (OutOfMemoryError noThread) {
                // The publish that woke the healer has succeeded; the next one tries again.
                isScheduled.set(false);
            }
        }
    }

    private void schedule(Duration delay) {
        var _ = THREAD.schedule(this::run, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run() {
        boolean goesOn = false;
        try {
            goOn(patient.healOne());
            goesOn = true;
        } finally {
            if (!goesOn) {
                // For example, the Java heap is full: the next publish wakes the healer again.
                isScheduled.set(false);
            }
        }
    }

    private void goOn(Step done) {
        switch (done) {
            case HEALED -> schedule(PAUSE);
            case REFUSED, WAITING -> schedule(PAUSE_AFTER_FAILURE);
            case NOTHING_SPLIT -> {
                isScheduled.set(false);
                // Another thread may have called wake() just before.
                if (patient.hasSplitRegion()) {
                    wake();
                }
            }
        }
    }
}
