package dev.ashlar.heap;

import dev.ashlar.region.SharedArenas;
import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows the open arenas of a heap, so that the heap is not closed while one is open.
 *
 * <p>An arena may live for a few nanoseconds, so counting must cost next to nothing. A platform thread has a counter of
 * its own and raises it without an atomic operation, but <i>through the gate</i>: a segment whose shared arena is
 * closed to shut the heap. A write through it is either done before that close, or throws. So the thread that has shut
 * the gate reads counts that no other thread can raise. Virtual threads, shared arenas and threads whose counter is
 * taken have an entry in a set instead: they add it, and then look whether the heap is shut.
 *
 * <p>An arena that can no longer be used counts as closed: a confined one if its thread has ended, a shared one if
 * neither it nor a segment of it is reachable.
 *
 * <p>Thread-safe. {@link #shut}, {@link #reopen} and {@link #claim} need the lock of the heap's zone.
 */
final class OpenArenas {
    /** The result of {@link #enter}: the current thread has no counter. */
    static final int NO_COUNTER = -1;

    /** The result of {@link #enter}: the heap is closed or being closed, or the current thread may claim a counter. */
    static final int SHUT = -2;

    private static final int COUNTER_COUNT = 64;
    /** Each in a cache line of its own. */
    private static final int COUNTER_BYTE_SIZE = 64;
    private static final int COUNT_STRIDE = COUNTER_BYTE_SIZE / Long.BYTES;

    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
    /** The ids of the threads that have the counters, and those threads. */
    private final long[] holderIds = new long[COUNTER_COUNT];

    private final List<WeakReference<Thread>> holders =
            new ArrayList<>(Collections.nCopies(COUNTER_COUNT, new WeakReference<>(null)));
    private final MemorySegment counters = Arena.ofAuto().allocate(COUNTER_COUNT * COUNTER_BYTE_SIZE);
    /** A copy of each counter for its holder, which is cheaper to read than the counter. */
    private final long[] counts = new long[COUNTER_COUNT * COUNT_STRIDE];
    private volatile Gate gate = new Gate(counters);
    private volatile boolean shut;

    /** Gives access to the counters for as long as arenas may be opened. */
    private static final class Gate {
        final Arena life = SharedArenas.open();
        final MemorySegment counters;

        @SuppressWarnings("restricted")
        Gate(MemorySegment counters) {
            this.counters = counters.reinterpret(counters.byteSize(), life, null);
        }
    }

    /** An open arena that no counter counts. */
    static final class Entry {
        /** The segments of the arena hold it, too. */
        private final WeakReference<MemorySegment.Scope> life;
        /** The only thread that may use the arena; null if any thread may. */
        private final @Nullable WeakReference<Thread> user;

        private Entry(MemorySegment.Scope life, @Nullable Thread user) {
            this.life = new WeakReference<>(life);
            this.user = user == null ? null : new WeakReference<>(user);
        }

        private boolean isUsable() {
            return user == null ? life.get() != null : isAlive(user.get());
        }
    }

    private static boolean isAlive(@Nullable Thread thread) {
        return thread != null && thread.isAlive();
    }

    private static int counterOf(Thread thread) {
        return (int) thread.threadId() & (COUNTER_COUNT - 1);
    }

    /**
     * Counts an arena that the current thread closes, which keeps the heap open until then.
     *
     * @return the counter, for {@link #leave(int)}, or {@link #NO_COUNTER}
     * @throws HeapClosedException if the heap is closed
     */
    int enter(Space space) {
        int counter = enter();
        while (counter == SHUT) {
            // The lock decides whether a concurrent close succeeds.
            space.whileOpen(this::claim);
            counter = enter();
        }
        return counter;
    }

    /**
     * Adds an arena that has no counter, which keeps the heap open until {@link #leave(Entry)}.
     *
     * @param life the life of its segments
     * @param user the only thread that may use it, or null if any thread may
     * @throws HeapClosedException if the heap is closed
     */
    Entry enter(Space space, MemorySegment.Scope life, @Nullable Thread user) {
        Entry entry = entry(life, user);
        while (!enter(entry)) {
            space.whileOpen(this::resume);
        }
        return entry;
    }

    /** {@return an entry that is not added yet} */
    static Entry entry(MemorySegment.Scope life, @Nullable Thread user) {
        return new Entry(life, user);
    }

    /** {@return whether the arena was added; false if the heap is being closed, or is closed} */
    boolean enter(Entry entry) {
        try {
            // Add first, then look. The thread that shuts the heap does it in the other order, so one sees the other.
            entries.add(entry);
        } catch (Throwable e) {
            entries.remove(entry);
            throw e;
        }
        if (shut) {
            entries.remove(entry);
            return false;
        }
        return true;
    }

    /**
     * Counts an arena that the current thread closes.
     *
     * @return the counter, {@link #NO_COUNTER}, or {@link #SHUT}
     */
    int enter() {
        Thread thread = Thread.currentThread();
        int counter = counterOf(thread);
        if (!isHolder(counter, thread)) {
            return canClaim(counter, thread) ? SHUT : NO_COUNTER;
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

    /** Counts an arena as closed, in the thread that counted it as open. */
    void leave(int counter) {
        long less = counts[counter * COUNT_STRIDE] - 1;
        counters.set(ValueLayout.JAVA_LONG, (long) counter * COUNTER_BYTE_SIZE, less);
        counts[counter * COUNT_STRIDE] = less;
    }

    /** Removes an arena that is closed, from any thread. */
    void leave(Entry entry) {
        entries.remove(entry);
    }

    private boolean canClaim(int counter, Thread thread) {
        return !thread.isVirtual() && !isAlive(holders.get(counter).get());
    }

    /**
     * Gives the current thread its counter if that is free. The arenas of an ended thread count as closed.
     *
     * @return whether the thread has it now
     */
    boolean claim() {
        resume();
        Thread thread = Thread.currentThread();
        int counter = counterOf(thread);
        if (canClaim(counter, thread)) {
            counts[counter * COUNT_STRIDE] = 0;
            counters.set(ValueLayout.JAVA_LONG, (long) counter * COUNTER_BYTE_SIZE, 0);
            holders.set(counter, new WeakReference<>(thread));
            holderIds[counter] = thread.threadId();
        }
        return isHolder(counter, thread);
    }

    private long countAt(int counter) {
        return counters.get(ValueLayout.JAVA_LONG, (long) counter * COUNTER_BYTE_SIZE);
    }

    private boolean isHolder(int counter, Thread thread) {
        return holderIds[counter] == thread.threadId();
    }

    /**
     * Lets no more arenas in, unless one is open: then nothing changes.
     *
     * @return who holds open arenas; empty if no arena is open
     */
    List<String> shut() {
        shut = true;
        SharedArenas.close(gate.life);
        List<String> open = new ArrayList<>();
        for (int counter = 0; counter < COUNTER_COUNT; counter++) {
            Thread holder = holders.get(counter).get();
            // An Error between the two writes of a count leaves the copy right.
            long count = isHolder(counter, Thread.currentThread()) ? counts[counter * COUNT_STRIDE] : countAt(counter);
            if (holder != null && count != 0 && holder.isAlive()) {
                open.add(count + " of " + named(holder));
            }
        }
        entries.removeIf(entry -> !entry.isUsable());
        for (Entry entry : entries) {
            Thread user = entry.user == null ? null : entry.user.get();
            open.add(user == null ? "1 shared" : "1 of " + named(user));
        }
        if (!open.isEmpty()) {
            reopen();
        }
        return open;
    }

    private static String named(Thread thread) {
        return "thread " + thread.getName() + " (#" + thread.threadId() + ")";
    }

    /**
     * Lets arenas in again if an Error cut a close short.
     *
     * @return whether it did
     */
    private boolean resume() {
        boolean wasCutShort = shut;
        if (wasCutShort) {
            reopen();
        }
        return wasCutShort;
    }

    /** Lets arenas in again. */
    void reopen() {
        gate = new Gate(counters);
        shut = false;
    }
}
