package dev.ashlar;

import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many arenas of a heap are open, so that the heap is not closed under them.
 *
 * <p>An arena may live for some nanoseconds only, so counting it must cost next to nothing. A platform thread has a
 * counter of its own and raises it without any atomic operation, but <i>through the gate</i>: a segment whose shared
 * arena is closed to shut the heap. A write through it is either done before that close, or throws. So whoever has shut
 * the gate reads counts that nobody can raise any more. Virtual threads, shared arenas and threads whose place is taken
 * count together, by an atomic operation, and look whether the heap is shut afterwards.
 *
 * <p>{@link #shut}, {@link #reopen} and {@link #claimAndEnter} are called under the heap's lock, the others by any
 * thread.
 */
final class OpenArenas {
    /** Where an arena is counted that has no counter of its thread's. */
    static final int TOGETHER = -1;

    /** The heap is being closed, or is closed. */
    static final int SHUT = -2;

    private static final int COUNTER_COUNT = 64;
    /** Each in a cache line of its own. */
    private static final int COUNTER_BYTE_SIZE = 64;
    private static final int COUNT_STRIDE = COUNTER_BYTE_SIZE / Long.BYTES;

    private final LongAdder countTogether = new LongAdder();
    private final @Nullable Thread[] holders = new Thread[COUNTER_COUNT];
    private final MemorySegment counters = Arena.ofAuto().allocate(COUNTER_COUNT * COUNTER_BYTE_SIZE);
    /** What each holder knows to be in its counter: cheaper for it to read than the counter. */
    private final long[] counts = new long[COUNTER_COUNT * COUNT_STRIDE];
    private volatile Gate gate = new Gate(counters);
    private volatile boolean shut;

    /** The counters, for as long as arenas may be opened. */
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
    int enter(HeapSpace space) {
        int counter = enter();
        // Whether somebody's attempt to close the heap comes off is decided under the lock.
        return counter == SHUT ? space.whileOpen(this::claimAndEnter) : counter;
    }

    /** As {@link #enter(HeapSpace)}, where any thread may close the arena. */
    int enterTogether(HeapSpace space) {
        int counter = enterTogether();
        return counter == SHUT ? space.whileOpen(this::enterTogether) : counter;
    }

    /**
     * Counts an arena that the current thread closes.
     *
     * @return where, {@link #TOGETHER}, or {@link #SHUT} where that must be asked under the lock
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

    /** Counts an arena that any thread may close. @return {@link #TOGETHER}, or {@link #SHUT} */
    int enterTogether() {
        // First counted, then looked: whoever shuts the heap does it the other way round, and one sees the other.
        countTogether.increment();
        if (shut) {
            countTogether.decrement();
            return SHUT;
        }
        return TOGETHER;
    }

    /** An arena has given everything back, in the thread that it was counted by. */
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

    /** Counts an arena of an open heap, and gives the current thread a counter, where that of its number is free. */
    int claimAndEnter() {
        Thread thread = Thread.currentThread();
        int counter = counterOf(thread);
        // A thread may have ended with an arena open; then its count stays, and so does its name on it.
        if (canClaim(counter, thread) && countAt(counter) == 0) {
            holders[counter] = thread;
        }
        return isHolder(counter, thread) ? enter() : enterTogether();
    }

    private long countAt(int counter) {
        return counters.get(ValueLayout.JAVA_LONG, (long) counter * COUNTER_BYTE_SIZE);
    }

    /** By identity: a subclass of Thread may have its own idea of equality. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isHolder(int counter, Thread thread) {
        return holders[counter] == thread;
    }

    /** Lets no arena in any more. @return whether none is open; where one is, they are let in as before */
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
