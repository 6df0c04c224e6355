package dev.ashlar.heap;

import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the open arenas of a heap, so that the heap is not closed while one is open.
 *
 * <p>An arena may live for a few nanoseconds, so counting must cost next to nothing. A platform thread has a counter of
 * its own and raises it without an atomic operation, but <i>through the gate</i>: a segment whose shared arena is
 * closed to shut the heap. A write through it is either done before that close, or throws. So the thread that has shut
 * the gate reads counts that no other thread can raise. Virtual threads, shared arenas and threads whose place is taken
 * share one count: they raise it by an atomic operation, and then look whether the heap is shut.
 *
 * <p>Thread-safe. {@link #shut}, {@link #reopen} and {@link #claimAndEnter} need the lock of the heap's zone.
 */
final class OpenArenas {
    /** Stands for the shared count, as the place where an arena is counted. */
    static final int TOGETHER = -1;

    /** Not counted: the heap is being closed, or is closed. */
    static final int SHUT = -2;

    private static final int COUNTER_COUNT = 64;
    /** Each in a cache line of its own. */
    private static final int COUNTER_BYTE_SIZE = 64;
    private static final int COUNT_STRIDE = COUNTER_BYTE_SIZE / Long.BYTES;

    private final LongAdder countTogether = new LongAdder();
    private final @Nullable Thread[] holders = new Thread[COUNTER_COUNT];
    private final MemorySegment counters = Arena.ofAuto().allocate(COUNTER_COUNT * COUNTER_BYTE_SIZE);
    /** A copy of each counter for its holder, which is cheaper to read than the counter. */
    private final long[] counts = new long[COUNTER_COUNT * COUNT_STRIDE];
    private volatile Gate gate = new Gate(counters);
    private volatile boolean shut;

    /** Gives access to the counters for as long as arenas may be opened. */
    private static final class Gate {
        final Arena life = Arena.ofShared();
        final MemorySegment counters;

        @SuppressWarnings("restricted")
        Gate(MemorySegment counters) {
            this.counters = counters.reinterpret(counters.byteSize(), life, null);
        }
    }

    private static int counterOf(Thread thread) {
        return (int) thread.threadId() & (COUNTER_COUNT - 1);
    }

    /**
     * Counts an arena that the current thread closes, which keeps the heap open until then.
     *
     * @return where it is counted, for {@link #leave}
     * @throws HeapClosedException if the heap is closed
     */
    int enter(Space space) {
        int counter = enter();
        // The lock decides whether a concurrent close succeeds.
        return counter == SHUT ? space.whileOpen(this::claimAndEnter) : counter;
    }

    /** Counts an arena that any thread may close; otherwise as {@link #enter(Space)}. */
    int enterTogether(Space space) {
        int counter = enterTogether();
        return counter == SHUT ? space.whileOpen(this::enterTogether) : counter;
    }

    /**
     * Counts an arena that the current thread closes.
     *
     * @return the counter, or {@link #TOGETHER}; {@link #SHUT} if the caller must repeat the call under the lock
     */
    int enter() {
        Thread thread = Thread.currentThread();
        int counter = counterOf(thread);
        if (!isHolder(counter, thread)) {
            return canClaim(counter, thread) ? SHUT : enterTogether();
        }
        long more = counts[counter * COUNT_STRIDE] + 1;
        try {
            gate.counters.set(ValueLayout.JAVA_LONG, (long) counter * COUNTER_BYTE_SIZE, more);
        } catch (IllegalStateException closed) {
            return SHUT;
        }
        counts[counter * COUNT_STRIDE] = more;
        return counter;
    }

    /**
     * Counts an arena that any thread may close.
     *
     * @return {@link #TOGETHER}, or {@link #SHUT}
     */
    int enterTogether() {
        // Count first, then look. The thread that shuts the heap does it in the other order, so one sees the other.
        countTogether.increment();
        if (shut) {
            countTogether.decrement();
            return SHUT;
        }
        return TOGETHER;
    }

    /** Counts an arena as closed, in the thread that counted it as open. */
    void leave(int counter) {
        if (counter == TOGETHER) {
            countTogether.decrement();
        } else {
            long less = counts[counter * COUNT_STRIDE] - 1;
            counts[counter * COUNT_STRIDE] = less;
            counters.set(ValueLayout.JAVA_LONG, (long) counter * COUNTER_BYTE_SIZE, less);
        }
    }

    private boolean canClaim(int counter, Thread thread) {
        Thread holder = holders[counter];
        return !thread.isVirtual() && (holder == null || !holder.isAlive());
    }

    /** Counts an arena of an open heap, and gives the current thread its counter if that is free. */
    int claimAndEnter() {
        Thread thread = Thread.currentThread();
        int counter = counterOf(thread);
        // If a thread ended with an arena open, its count stays, and so does its claim.
        if (canClaim(counter, thread) && countAt(counter) == 0) {
            holders[counter] = thread;
        }
        return isHolder(counter, thread) ? enter() : enterTogether();
    }

    private long countAt(int counter) {
        return counters.get(ValueLayout.JAVA_LONG, (long) counter * COUNTER_BYTE_SIZE);
    }

    /** Compares by identity, because a subclass of Thread may override equals. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isHolder(int counter, Thread thread) {
        return holders[counter] == thread;
    }

    /**
     * Lets no more arenas in, unless one is open: then nothing changes.
     *
     * @return whether no arena is open
     */
    boolean shut() {
        shut = true;
        gate.life.close();
        long count = countTogether.sum();
        for (int counter = 0; counter < COUNTER_COUNT; counter++) {
            count += countAt(counter);
        }
        if (count != 0) {
            reopen();
        }
        return count == 0;
    }

    /** Lets arenas in again. */
    void reopen() {
        gate = new Gate(counters);
        shut = false;
    }
}
