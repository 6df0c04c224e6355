package dev.ashlar;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes split regions of one space huge again, in a thread of its own: full ones soon, idle ones after a while. One
 * region at a time, with a pause after each, because a collapse copies 2 MiB and takes the lock that every mmap of the
 * process needs.
 *
 * <p>The thread is one for all heaps, a daemon, and ends when there has been nothing to do for a while.
 */
final class Healer {
    /** Between two collapses; with at most a millisecond or so for each that is a tenth of one processor. */
    private static final Duration PAUSE = Duration.ofMillis(10);
    /** A region that was refused is tried again after this. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private static final ScheduledThreadPoolExecutor THREAD = thread();

    private final InPlace inPlace;
    private final AtomicBoolean isScheduled = new AtomicBoolean();

    Healer(InPlace inPlace) {
        this.inPlace = inPlace;
    }

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            // Nothing of the thread that happens to be the first is to live on in it.
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

    /** A region has been split, or a split one has become full. */
    void wake() {
        if (isScheduled.compareAndSet(false, true)) {
            try {
                schedule(PAUSE);
            } catch (OutOfMemoryError noThread) {
                // What woke it has been done all the same; the next one tries again.
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
            goOn(inPlace.healOne());
            goesOn = true;
        } finally {
            if (!goesOn) {
                // The Java heap is full, say: the next publish wakes it again.
                isScheduled.set(false);
            }
        }
    }

    private void goOn(InPlace.Healing done) {
        switch (done) {
            case HEALED -> schedule(PAUSE);
            case REFUSED, WAITING -> schedule(PAUSE_AFTER_FAILURE);
            case NOTHING_SPLIT -> {
                isScheduled.set(false);
                // Somebody may have woken a healer that was about to rest.
                if (inPlace.hasSplitRegion()) {
                    wake();
                }
            }
        }
    }
}
