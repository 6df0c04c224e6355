package dev.ashlar.heap;

import java.lang.ref.WeakReference;

/** Keeps a heap open for as long as the thread lives that took it. */
public final class Lease {
    /** Weak, because an ended thread can keep much reachable. */
    private final WeakReference<Thread> holder = new WeakReference<>(Thread.currentThread());
    private final long holderId = Thread.currentThread().threadId();

    Lease() {}

    /** {@return whether the current thread took it} */
    public boolean isOwn() {
        return Thread.currentThread().threadId() == holderId;
    }

    boolean isHeld() {
        Thread thread = holder.get();
        return thread != null && thread.isAlive();
    }
}
