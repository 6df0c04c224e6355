package dev.ashlar;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many arenas of a heap are open, so that the heap is not closed under them. Thread-safe.
 *
 * <p>An arena counts itself before it looks whether the heap is shut, and who shuts the heap says so before he looks at
 * the count: one of the two sees the other.
 */
final class OpenArenas {
    /** Spread over threads: an arena may live for some nanoseconds only. */
    private final LongAdder count = new LongAdder();

    private volatile boolean shut;

    /** Counts an arena. @return whether it may be opened; false while the heap is being closed, and afterwards */
    boolean enter() {
        count.increment();
        if (shut) {
            count.decrement();
            return false;
        }
        return true;
    }

    /** An arena has given everything back. */
    void leave() {
        count.decrement();
    }

    /** Lets no arena in any more. @return whether none is open; where one is, they are let in as before */
    boolean shut() {
        shut = true;
        shut = count.sum() == 0;
        return shut;
    }

    /** Lets arenas in again. */
    void reopen() {
        shut = false;
    }
}
