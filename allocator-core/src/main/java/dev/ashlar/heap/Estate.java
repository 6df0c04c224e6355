package dev.ashlar.heap;

import dev.ashlar.region.Health;
import dev.ashlar.region.SharedArenas;
import dev.ashlar.region.Span;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.symbols.Tools;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that a heap holds of the system, and how it is given back: by the heap's close, or after the heap was dropped.
 *
 * <p>Nothing that callers can hold keeps this object, except through {@link Zones}. It holds neither that nor a segment
 * that was handed out: so the garbage collector can find out that none of them is reachable.
 *
 * <p>Thread-safe.
 */
final class Estate {
    final String name;
    final Health health;
    final Span span;
    final @Nullable OpenArenas arenas;
    final Object lock = new Object();
    volatile List<Space> spaces = List.of();
    final Set<Lease> leases = ConcurrentHashMap.newKeySet();
    final Collection collection = new Collection();
    final Grouped.Groups groups = new Grouped.Groups();
    /** The retirements that can be reached. */
    final Set<Supplier<List<String>>> retirements = Collections.synchronizedSet(
            Collections.newSetFromMap(new WeakHashMap<>()));
    /** Whether callers know an address of this memory, of which the garbage collector knows nothing. */
    volatile boolean isAddressed;
    /** What tells tools of the heap's code, if it has such. */
    volatile @Nullable Tools tools;

    Estate(String name, Health health, Span span, @Nullable OpenArenas arenas) {
        this.name = name;
        this.health = health;
        this.span = span;
        this.arenas = arenas;
    }

    void add(Space space) {
        List<Space> more = new ArrayList<>(spaces);
        more.add(space);
        spaces = List.copyOf(more);
    }

    /**
     * Closes all zones. If an Error cuts this short, the next call completes it.
     *
     * @param handedOut the life of the segments that callers have, or null if none can be reached
     * @throws BlockStateException if a downcall, a batch, a group, an arena, or a thread that may run retired code uses
     *     one of them; then nothing has changed
     */
    void close(@Nullable Arena handedOut) {
        requireNoRetiredCodeRuns();
        Collection.Request request = collection.new Request();
        while (collection.liveCount() > 0 && request.awaitNext()) {
            // Perhaps all is freed now.
        }
        synchronized (lock) {
            close(spaces, () -> closeSpan(handedOut));
        }
    }

    /**
     * Closes all spaces of a heap at once, by {@code closeSpan}. If that throws and the heap is open, nothing has
     * changed; if an Error cut it short, call this again.
     */
    private static void close(List<Space> spaces, Runnable closeSpan) {
        if (spaces.isEmpty()) {
            closeSpan.run();
            return;
        }
        closeAround(spaces.getFirst(), () -> close(spaces.subList(1, spaces.size()), closeSpan));
    }

    private static void closeAround(Space space, Runnable closeOthers) {
        synchronized (space.lock) {
            space.publishing().healing.stop();
            try {
                space.regions().awaitPrepared();
                closeOthers.run();
                space.regions().close();
            } finally {
                if (!space.isClosed()) {
                    space.publishing().healing.resume();
                }
            }
        }
    }

    /** Takes the retirements' locks, so not the heap's: a retirement frees blocks under its own. */
    private void requireNoRetiredCodeRuns() {
        if (health.isClosed()) {
            return;
        }
        List<Supplier<List<String>>> asked;
        synchronized (retirements) {
            asked = List.copyOf(retirements);
        }
        List<String> threads = asked.stream().flatMap(holdersUp -> holdersUp.get().stream()).toList();
        if (!threads.isEmpty()) {
            throw BlockStateException.retiredInUse(name, threads);
        }
    }

    private void closeSpan(@Nullable Arena handedOut) {
        if (!health.isClosed()) {
            shutSpan(handedOut);
            health.close();
        }
        span.release();
        Tools told = tools;
        if (told != null) {
            told.closed();
        }
    }

    private void shutSpan(@Nullable Arena handedOut) {
        // If a thread has ended with a batch open, no other thread can end it or touch its sections.
        List<String> batchUsers = leases.stream().filter(Lease::isHeld).map(Lease::user).toList();
        if (!batchUsers.isEmpty()) {
            throw BlockStateException.batchesOpen(name, batchUsers);
        }
        List<Grouped> openGroups = groups.reachable();
        if (!openGroups.isEmpty()) {
            throw BlockStateException.groupsOpen(name, openGroups.size());
        }
        if (collection.liveCount() > 0) {
            throw BlockStateException.collectedInUse(name, collection.liveCount());
        }
        if (arenas != null) {
            List<String> open = arenas.shut();
            if (!open.isEmpty()) {
                throw BlockStateException.arenasOpen(name, open);
            }
        }
        try {
            span.prepareShut();
            if (handedOut != null) {
                SharedArenas.close(handedOut);
            }
            span.shut();
        } catch (IllegalStateException inUse) {
            if (arenas != null) {
                arenas.reopen();
            }
            throw BlockStateException.heapInUse(name, inUse);
        } catch (Error e) {
            if (handedOut != null && !handedOut.scope().isAlive()) {
                // The segments are closed, and only a close can follow.
                health.end = e;
            }
            throw e;
        }
    }

    /**
     * Gives the memory back after the garbage collector found that callers can reach no part of it, unless they may use
     * it by an address or by an arena.
     */
    void dropped() {
        if (health.isClosed() || isAddressed) {
            return;
        }
        try {
            close(null);
        } catch (BlockStateException inUse) {
            // A thread uses it by an arena or a batch: the memory stays.
            isAddressed = true;
        }
    }
}
