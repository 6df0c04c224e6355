package dev.ashlar.heap;

import dev.ashlar.region.StackRoom;
import dev.ashlar.stubs.BatchScheduling;
import dev.ashlar.stubs.OwnProcess;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Work for one zone that no caller waits for, done step by step in one daemon thread for all heaps. The thread holds
 * each chore weakly, inherits nothing from the thread that starts it, ends if nothing is to do for a while, and starts
 * again when it is needed.
 */
abstract class Chore {
    private static final Duration IDLE_TIME = Duration.ofSeconds(2);
    private static final ScheduledThreadPoolExecutor THREAD = thread();

    private final AtomicBoolean isScheduled = new AtomicBoolean();
    private final Visit visit = new Visit(new WeakReference<>(this));

    /** What the thread's queue holds. */
    private record Visit(WeakReference<Chore> chore) implements Runnable {
        @Override
        public void run() {
            Chore due = chore.get();
            if (due != null) {
                due.run();
            }
        }
    }

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = Thread.ofPlatform()
                    .name("ashlar-housekeeping")
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .unstarted(() -> runAsBatch(task));
            thread.setContextClassLoader(null);
            return thread;
        });
        executor.setKeepAliveTime(IDLE_TIME.toSeconds(), TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Runs the executor's task, so that no wake of this thread interrupts one that allocates. */
    private static void runAsBatch(Runnable task) {
        try {
            // A refusal costs only time.
            var _ = BatchScheduling.enter();
        } finally {
            // Even after an Error: the executor counts on this thread.
            task.run();
        }
    }

    /**
     * Does one step.
     *
     * @return how long to wait before the next, or null if a wake must come first
     */
    abstract @Nullable Duration step();

    /**
     * Has a step done after a delay, if none is scheduled. The caller's own work is done: if there is no memory or no
     * stack to wake the thread, a later wake tries again.
     */
    final void wake(Duration delay) {
        // A fork has no such thread, and the queue may be locked by one that it does not have.
        if (isScheduled.get() || OwnProcess.isFork()) {
            return;
        }
        try {
            // An overflow inside the queue could leave it locked.
            StackRoom.require();
            if (isScheduled.compareAndSet(false, true)) {
                var _ = THREAD.schedule(visit, delay.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (OutOfMemoryError | StackOverflowError e) {
            isScheduled.set(false);
        }
    }

    private void run() {
        // First, so that a wake during the step counts.
        isScheduled.set(false);
        Duration pause = step();
        if (pause != null) {
            wake(pause);
        }
    }
}
