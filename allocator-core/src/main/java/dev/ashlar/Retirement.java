package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.Zones;
import dev.ashlar.recording.Recordings;
import dev.ashlar.report.BacklogFullException;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Frees code that other threads may still run, when each of them has passed a quiescent point.
 *
 * {@snippet :
 * Retirement retirement = heap.openRetirement(10_000);
 * // each thread that runs code:
 * try (RegisteredThread self = retirement.register()) {
 *     while (hasWork()) {
 *         callCurrentCode();
 *         self.quiescent(); // here it runs no code that was current before
 *     }
 * }
 * // the compiler thread:
 * CodeBlock old = install(compiled); // from now on, no thread enters the old code
 * retirement.retire(old);            // freed when every registered thread was quiescent
 * }
 *
 * <p>The caller makes sure that no thread enters a block any more, and then retires it. A registered thread promises
 * that at a quiescent point it runs no retired block, and that it has not kept an address or a handle of one. When all
 * registered threads have passed one after a block was retired, the block is freed: filled with trapping instructions,
 * and its memory used again. A caller that stops all its threads by itself registers none, and calls
 * {@link #quiescent()} instead. If no thread is registered, nothing else frees a block.
 *
 * <p>The heap cannot be closed while a registered thread holds up a block. If a thread ends without a close of its
 * registration, one of the next 64 quiescent points of each other thread finds that out.
 *
 * <p>The algorithm is quiescent-state-based reclamation, as in liburcu's QSBR flavour
 * (<a href="https://doi.org/10.1109/TPDS.2011.159">Desnoyers et al., 2012</a>). A thread that never becomes quiescent
 * holds up all others, so the blocks that wait have a bound.
 *
 * <p><b>Threads.</b> All methods may be called by any thread. Retiring a block allocates no Java object. It takes a
 * lock, which the thread that frees the blocks holds meanwhile.
 */
public final class Retirement implements AutoCloseable {
    /** The largest number of blocks that may be retired and not freed yet: 16 million. */
    public static final int LARGEST_BACKLOG = 1 << 24;

    /** A power of two: after as many blocks, a retire looks whether threads have ended that others wait for. */
    private static final int BATCH_SIZE = 64;

    private static final AtomicLongFieldUpdater<Retirement> RETIRED_COUNT =
            AtomicLongFieldUpdater.newUpdater(Retirement.class, "retiredCount");

    private static final AtomicLongFieldUpdater<Retirement> FREED_COUNT =
            AtomicLongFieldUpdater.newUpdater(Retirement.class, "freedCount");

    private final Zones zones;
    private final Object lock = new Object();
    /** The blocks that wait, a ring: block number {@code n} lies at {@code n} modulo the length. */
    private final @Nullable CodeBlock[] waiting;

    private final List<RegisteredThread> threads = new ArrayList<>();

    /** Blocks that were ever retired; changed under the lock. */
    private volatile long retiredCount;

    /** Blocks that were freed of these; changed under the lock. */
    private volatile long freedCount;
    /** Blocks that were retired before the caller, or the last registered thread at its end, said that none runs. */
    private long quiescentCount;

    private boolean isClosed;

    /** What the heap knows of this object, for its close: it does not keep it reachable. */
    private final Supplier<List<String>> waitsFor = this::waitsFor;

    Retirement(Zones zones, int largestBacklog) {
        this.zones = zones;
        this.waiting = new CodeBlock[Arguments.requireBacklog(largestBacklog, LARGEST_BACKLOG)];
        zones.addRetirement(waitsFor);
    }

    /**
     * Registers the current thread, which from now on holds up the blocks that are retired.
     *
     * @return what the thread calls at its quiescent points; for the current thread only. It no longer counts after its
     *     close, or when the thread has ended
     * @throws BlockStateException if this object is closed
     * @throws HeapClosedException if the heap is closed
     */
    public RegisteredThread register() {
        synchronized (lock) {
            requireOpen("register()");
            RegisteredThread thread = new RegisteredThread(this, retiredCount);
            threads.add(thread);
            return thread;
        }
    }

    /**
     * Retires a published block: it can no longer be used, and is freed when no thread runs it.
     *
     * @param block a block that the caller could free, and that no thread enters any more
     * @throws BacklogFullException if the largest number of blocks wait; the block stays as it was. The message names
     *     the threads that hold them up
     * @throws BlockStateException if the block is not published, is freed or retired already, or belongs to a
     *     {@link CodeGroup}; or if this object is closed
     * @throws IllegalArgumentException if the block belongs to another heap
     * @throws HeapClosedException if the heap is closed
     */
    public void retire(CodeBlock block) {
        Objects.requireNonNull(block, "block");
        synchronized (lock) {
            requireOpen("retire()");
            if ((retiredCount & (BATCH_SIZE - 1)) == 0 || backlog() == waiting.length) {
                freeWaiting();
                if (hasBacklog()) {
                    Recordings.events().backlog(zones.name(), backlog(), waiting.length, waitsFor);
                }
            }
            if (backlog() == waiting.length) {
                throw BacklogFullException.of(zones.name(), waiting.length, holdersUp());
            }
            int index = (int) (retiredCount % waiting.length);
            waiting[index] = block;
            try {
                block.retire(zones);
            } catch (Throwable refused) {
                waiting[index] = null;
                throw refused;
            }
            // No other call of this class in between: the block must not be retired without being in the ring.
            RETIRED_COUNT.lazySet(this, retiredCount + 1);
        }
    }

    /**
     * Tells that no thread runs a block that was retired before this call, and frees all of them.
     *
     * @throws HeapClosedException if the heap is closed
     */
    public void quiescent() {
        synchronized (lock) {
            zones.first().requireOpen();
            quiescentCount = retiredCount;
            freeWaiting();
        }
    }

    /** {@return how many blocks are retired and not freed yet; 0 if the heap is closed} */
    public int backlogCount() {
        synchronized (lock) {
            return zones.health.isClosed() ? 0 : backlog();
        }
    }

    /** {@return the names of the live threads that hold up the block that has waited longest} */
    public List<String> waitsFor() {
        synchronized (lock) {
            return backlogCount() == 0 ? List.of() : holdersUp();
        }
    }

    /**
     * Frees all blocks that wait. The caller promises that no thread runs one. Closing again does nothing; after an
     * Error it goes on.
     */
    @Override
    public void close() {
        synchronized (lock) {
            isClosed = true;
            zones.removeRetirement(waitsFor);
            threads.clear();
            quiescentCount = retiredCount;
            freeQuiescent();
        }
    }

    private void requireOpen(String action) {
        zones.first().requireOpen();
        if (isClosed) {
            throw BlockStateException.retirementClosed(action, zones.name());
        }
    }

    /** {@return blocks that were ever retired} A reader sees what was done before they were retired. */
    long retiredCount() {
        return retiredCount;
    }

    private int backlog() {
        return (int) (retiredCount - freedCount);
    }

    /** {@return whether retired blocks are not freed yet} Takes no lock. */
    boolean hasBacklog() {
        return backlog() != 0;
    }

    private List<String> holdersUp() {
        List<String> names = new ArrayList<>();
        for (RegisteredThread thread : threads) {
            if (thread.counts() && thread.quiescentCount() <= freedCount) {
                names.add(thread.toString());
            }
        }
        return names;
    }

    /** No longer waits for a thread, which runs no retired block. */
    void remove(RegisteredThread thread) {
        synchronized (lock) {
            if (threads.remove(thread) && threads.isEmpty()) {
                quiescentCount = retiredCount;
            }
        }
        freeQuiescent();
    }

    /** Frees the blocks that no thread runs any more. Does nothing if the heap is closed or damaged. */
    void freeQuiescent() {
        synchronized (lock) {
            if (zones.first().isOpen()) {
                try {
                    freeWaiting();
                } catch (HeapClosedException closed) {
                    // Another thread has closed the heap meanwhile.
                }
            }
        }
    }

    /** If an Error cuts this short, the block that it met is still retired, and the next call goes on with it. */
    private void freeWaiting() {
        // If no thread is registered, only the caller knows whether one runs a block.
        long end = Math.max(quiescentCount, threads.isEmpty() ? 0 : quiescentInAllThreads());
        while (freedCount < end) {
            int index = (int) (freedCount % waiting.length);
            Objects.requireNonNull(waiting[index], "a retired block").freeRetired();
            waiting[index] = null;
            FREED_COUNT.lazySet(this, freedCount + 1);
        }
    }

    private long quiescentInAllThreads() {
        long least = retiredCount;
        for (int index = threads.size() - 1; index >= 0; index--) {
            RegisteredThread thread = threads.get(index);
            long count = thread.quiescentCount();
            if (count < least) {
                if (thread.counts()) {
                    least = count;
                } else {
                    threads.remove(index);
                }
            }
        }
        return least;
    }
}
