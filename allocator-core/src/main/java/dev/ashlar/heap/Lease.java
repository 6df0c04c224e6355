package dev.ashlar.heap;

import java.lang.ref.WeakReference;

/**
 * The right to use a batch, which one thread has at a time. It keeps the heap open until it is ended. But the heap may
 * be closed if the thread that has it has ended, or if no thread has it and the batch cannot be reached. Another thread
 * may take it over from a thread that has ended.
 *
 * <p>Thread-safe.
 */
public final class Lease {
    private static final long NO_THREAD = 0;

    private final WeakReference<Object> batch;
    /** Weak, because an ended thread can keep much reachable. */
    private WeakReference<Thread> holder = new WeakReference<>(Thread.currentThread());
    private long holderId = Thread.currentThread().threadId();

    /** Gives the right to use a batch to the current thread. */
    Lease(Object batch) {
        this.batch = new WeakReference<>(batch);
    }

    /** {@return whether the current thread has the right, after taking it if no thread has it} */
    public synchronized boolean acquire() {
        if (holderId == NO_THREAD) {
            holder = new WeakReference<>(Thread.currentThread());
            holderId = Thread.currentThread().threadId();
        }
        return holderId == Thread.currentThread().threadId();
    }

    /** Works as {@link #acquire}, also if the thread that has the right has ended. Pre: no close of the heap runs. */
    synchronized boolean takeOver() {
        if (!isUsed()) {
            release();
        }
        return acquire();
    }

    private boolean isUsed() {
        Thread thread = holder.get();
        return thread != null && thread.isAlive();
    }

    /** Lets another thread take the right. Pre: the current thread has it. */
    public synchronized void release() {
        holderId = NO_THREAD;
    }

    /** {@return which thread has the right, for errors} */
    public synchronized String user() {
        Thread thread = holder.get();
        return holderId == NO_THREAD || thread == null
                ? "no thread since a hand-over"
                : "thread " + thread.getName() + " (#" + holderId + ")";
    }

    synchronized boolean isHeld() {
        if (holderId == NO_THREAD) {
            return batch.get() != null;
        }
        return isUsed();
    }
}
