package dev.ashlar;

import dev.ashlar.report.BlockStateException;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/** A thread that may run the code that a {@link Retirement} frees. Only that thread may call the methods. */
public final class RegisteredThread implements AutoCloseable {
    private static final AtomicLongFieldUpdater<RegisteredThread> QUIESCENT_COUNT =
            AtomicLongFieldUpdater.newUpdater(RegisteredThread.class, "quiescentCount");

    private static final int LONGEST_UNEVENTFUL = 64;

    private final Retirement retirement;
    /** Weak, because an ended thread can keep much reachable. */
    private final WeakReference<Thread> thread = new WeakReference<>(Thread.currentThread());

    private final long threadId = Thread.currentThread().threadId();
    /** Blocks that were retired before the thread's last quiescent point; changed by the thread itself. */
    private volatile long quiescentCount;

    /**
     * Quiescent points at which nothing was new, until one looks whether another thread has ended. The first one looks:
     * blocks may have waited before.
     */
    private int uneventfulCount = LONGEST_UNEVENTFUL;

    /** Changed by the thread itself. */
    private boolean isClosed;

    RegisteredThread(Retirement retirement, long retiredCount) {
        this.retirement = retirement;
        this.quiescentCount = retiredCount;
    }

    /**
     * Tells that the thread runs no block that was retired before this call, and keeps no address or handle of one. It
     * frees the blocks that waited for this thread alone. If no block was retired since the last call, it takes no
     * lock; but while blocks wait, one call of 64 looks whether the threads for which they wait have ended.
     *
     * @throws BlockStateException if the registration is closed
     * @throws WrongThreadException if another thread is registered
     */
    public void quiescent() {
        requireOwn("quiescent()");
        if (isClosed) {
            throw BlockStateException.registrationClosed("quiescent()", toString());
        }
        long retiredCount = retirement.retiredCount();
        if (retiredCount != quiescentCount) {
            // What the thread has done before, it has done before others see this.
            QUIESCENT_COUNT.lazySet(this, retiredCount);
        } else if (!retirement.hasBacklog() || ++uneventfulCount < LONGEST_UNEVENTFUL) {
            return;
        }
        uneventfulCount = 0;
        retirement.freeQuiescent();
    }

    /**
     * Ends the registration: the thread runs no retired code any more. Closing again does nothing.
     *
     * @throws WrongThreadException if another thread is registered
     */
    @Override
    public void close() {
        requireOwn("close()");
        isClosed = true;
        retirement.remove(this);
    }

    private void requireOwn(String action) {
        if (Thread.currentThread().threadId() != threadId) {
            throw new WrongThreadException(action + " failed: it is for " + this + " only");
        }
    }

    /** {@return blocks that were retired before the thread's last quiescent point} */
    long quiescentCount() {
        return quiescentCount;
    }

    /** {@return whether the thread lives} */
    boolean counts() {
        Thread registered = thread.get();
        return registered != null && registered.isAlive();
    }

    @Override
    public String toString() {
        Thread registered = thread.get();
        return "thread " + (registered == null ? "" : registered.getName() + " ") + "(#" + threadId + ")";
    }
}
