package dev.ashlar.heap;

import dev.ashlar.report.BlockStateException;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The groups of a heap that are open. It does not keep them reachable.
 *
 * <p>Thread-safe.
 */
public final class Groups {
    private final Set<WeakReference<Grouped>> open = ConcurrentHashMap.newKeySet();
    /** Groups opened so far, guarded by the estate's lock. */
    private int count;

    /** {@return a new group, which keeps the heap open until it is closed or cannot be reached} */
    public Grouped open(Zones zones) {
        synchronized (zones.estate().lock) {
            zones.first().requireOpen();
            Grouped group = new Grouped(zones, zones.first(), ++count);
            try {
                // Last: an Error after this would keep the heap open.
                open.add(group.entry);
                return group;
            } catch (Throwable e) {
                open.remove(group.entry);
                throw e;
            }
        }
    }

    /** Forgets a group that is closed. */
    void end(Grouped group) {
        open.remove(group.entry);
    }

    /** {@return the groups that are open and can be reached} */
    List<Grouped> reachable() {
        return open.stream().map(WeakReference::get).filter(Objects::nonNull).toList();
    }

    /**
     * Closes all groups.
     *
     * @throws BlockStateException if a running downcall uses a group; the exception names the first such group, and the
     *     others are closed
     */
    public void closeAll() {
        BlockStateException firstBusy = null;
        for (Grouped group : reachable()) {
            try {
                group.close();
            } catch (BlockStateException busy) {
                firstBusy = firstBusy == null ? busy : firstBusy;
            }
        }
        if (firstBusy != null) {
            throw firstBusy;
        }
    }
}
