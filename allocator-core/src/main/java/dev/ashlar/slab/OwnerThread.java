package dev.ashlar.slab;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The only thread that may use an owner's memory, or no thread in particular: then any thread may, under the owner's
 * lock. The reference is weak, because the JDK's object of an ended thread can keep a whole application reachable.
 */
final class OwnerThread {
    /** No thread has this id. */
    static final long ANY = 0;

    final long id;
    private final @Nullable WeakReference<Thread> reference;

    OwnerThread(@Nullable Thread thread) {
        this.id = thread == null ? ANY : thread.threadId();
        this.reference = thread == null ? null : new WeakReference<>(thread);
    }

    boolean is(Thread candidate) {
        return id == candidate.threadId();
    }

    boolean isAny() {
        return id == ANY;
    }

    boolean hasEnded() {
        if (reference == null) {
            return false;
        }
        // JLS 17.4.4: all actions of a thread happen before another sees that it is no longer alive. The collector
        // clears the reference later still.
        Thread thread = reference.get();
        return thread == null || !thread.isAlive();
    }
}
