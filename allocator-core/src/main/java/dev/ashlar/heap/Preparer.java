package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the next region of one growing zone, so that the allocation that needs it does not wait for the kernel.
 *
 * <p>The zone's lock is held only to choose the hole and to take the region over. An allocation that needs the region
 * meanwhile waits for a commit that has begun, because that ends sooner than one of its own would; if it has not begun,
 * the allocation cancels it and commits for itself. If the preparation fails, the next allocation that needs a region
 * commits it, and any refusal or Error is that allocation's own.
 *
 * <p>While a zone grows, the thread looks every few milliseconds whether a region is wanted. To wake a thread takes 50
 * µs on a virtual machine, and the allocation that uses the last empty region would have to wait for that.
 *
 * <p>Two kinds of zones have nothing prepared. A pinned region could never be given back. A region of secret memory
 * counts against the limit of locked memory, which is small, and its commit is fast because it populates no page.
 */
final class Preparer extends Chore {
    /** The time between two looks at a zone that grows. */
    private static final Duration PAUSE = Duration.ofMillis(3);

    /** Looks in vain until the zone no longer counts as growing. */
    private static final int LARGEST_IDLE_COUNT = 32;

    private final OpenZone open;
    private volatile boolean isOff;

    /** Whether an allocation has used the last empty region since the last look. */
    private volatile boolean isWanted;

    private int idleCount;

    Preparer(OpenZone open) {
        this.open = open;
        this.isOff = open.zone.domain() == Domain.SECRET || !open.regions.releases();
    }

    /** Has nothing prepared from now on. */
    void turnOff() {
        isOff = true;
    }

    /** Has the next region prepared. Pre: the zone's lock is held. */
    void wake() {
        if (!isOff) {
            isWanted = true;
            wake(Duration.ZERO);
        }
    }

    @Override
    @Nullable Duration step() {
        if (!isWanted) {
            return ++idleCount < LARGEST_IDLE_COUNT ? PAUSE : null;
        }
        isWanted = false;
        idleCount = 0;
        try {
            if (begin()) {
                open.regions.prepare();
            }
        } finally {
            end();
        }
        return PAUSE;
    }

    private boolean begin() {
        synchronized (open.lock) {
            return open.isOpen() && open.blocks.change(runs -> runs.next().begin());
        }
    }

    private void end() {
        synchronized (open.lock) {
            if (open.isOpen()) {
                open.blocks.change(runs -> runs.next().end());
            }
        }
    }
}
