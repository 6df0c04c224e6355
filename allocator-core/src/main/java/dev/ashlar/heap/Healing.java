package dev.ashlar.heap;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.memory.Backing;
import dev.ashlar.recording.Begun;
import dev.ashlar.region.Ledger;
import dev.ashlar.region.Pages;
import dev.ashlar.region.Permissions;
import dev.ashlar.stubs.Errno;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes regions of one zone huge again that permission changes or a trim have split: on request, and step by step in
 * the thread for all heaps ({@link Chore}). Thread-safe.
 */
final class Healing implements Healer.Patient {
    /** A region that is half full is idle if nothing was published in it for this time. */
    private static final Duration IDLE_TIME = Duration.ofSeconds(10);

    private final OpenZone open;
    private final Permissions permissions;
    private final Ledger ledger;
    private final Healer healer = new Healer(this);
    /** Guarded by the zone's lock. */
    private boolean paused;
    /**
     * Held while the kernel makes a region huge; guards {@link #closing}. A thread that needs both locks takes the
     * zone's first.
     */
    private final Object collapsing = new Object();
    private boolean closing;
    /** Where the healer goes on, so that a region that the kernel refuses does not delay the others. */
    private int nextToHeal;

    Healing(OpenZone open) {
        this.open = open;
        this.permissions = open.regions.permissions();
        this.ledger = open.regions.ledger();
    }

    /** Tells the healer about a split region. Pre: the zone's lock is held. */
    void wake() {
        if (!paused) {
            healer.wake();
        }
    }

    /**
     * Makes full, idle and empty regions that are split huge again. A region is idle if no caller holds writable memory
     * in it. Its free pages are published with the rest, and handed out again when the region is empty.
     *
     * @return regions that are huge again
     */
    int heal() {
        int healed = 0;
        for (int region : splitRegions()) {
            healed += heal(region, Duration.ZERO) == Healer.Step.HEALED ? 1 : 0;
        }
        return healed;
    }

    /** Heals the next region that is due: one that is full, or half full and idle. Only the healer calls this. */
    @Override
    public Healer.Step healOne() {
        int[] split = splitRegions();
        int first = Arrays.binarySearch(split, nextToHeal);
        int start = first >= 0 ? first : -first - 1;
        for (int count = 0; count < split.length; count++) {
            int region = split[(start + count) % split.length];
            Healer.Step step = heal(region, IDLE_TIME);
            if (step == Healer.Step.HEALED || step == Healer.Step.REFUSED) {
                nextToHeal = region + 1;
                return step;
            }
        }
        return split.length == 0 ? Healer.Step.NOTHING_SPLIT : Healer.Step.WAITING;
    }

    private int[] splitRegions() {
        synchronized (open.lock) {
            return !open.isOpen() ? new int[0] : ledger.splitRegions().stream().toArray();
        }
    }

    private Healer.Step heal(int region, Duration idleTime) {
        long lastChange;
        synchronized (open.lock) {
            if (!open.isOpen() || !ledger.isSplit(region)) {
                return Healer.Step.NOTHING_SPLIT;
            }
            if (!permissions.canHeal(region) && open.zone.isPublishedInPlace()) {
                try {
                    fillUpIfIdle(region, idleTime);
                    reopenIfEmpty(region, idleTime);
                } catch (Error e) {
                    // The ledger may not know which pages can be written.
                    open.health.end = e;
                    throw e;
                }
            }
            if (!permissions.canHeal(region)) {
                return Healer.Step.WAITING;
            }
            lastChange = ledger.lastChangeOf(region);
        }
        Begun begun = open.regions.events().healBegins();
        int result = collapse(region);
        synchronized (open.lock) {
            boolean healed = open.isOpen() && permissions.noteCollapse(region, lastChange, result);
            record(begun, region, healed, result);
            return healed ? Healer.Step.HEALED : Healer.Step.REFUSED;
        }
    }

    private void record(@Nullable Begun begun, int region, boolean healed, int result) {
        Backing backing = open.regions.backingOf(region);
        if (begun != null && backing != null) {
            String failure = result < 0 ? Errno.describe(result) : "it was changed meanwhile";
            open.regions.events().healed(begun, region, backing, healed ? null : failure);
        }
    }

    /**
     * Lets the kernel copy the region to a huge page. Other threads may use the heap meanwhile, but not close it.
     *
     * @return 0 or {@code -errno}
     */
    private int collapse(int region) {
        synchronized (collapsing) {
            return closing ? -Errno.EINVAL : permissions.collapse(region);
        }
    }

    /** Publishes the free pages of a region if no other page in it is writable, and nothing was published lately. */
    private void fillUpIfIdle(int region, Duration idleTime) {
        boolean onRequest = idleTime.isZero();
        boolean isIdle = ledger.publishedPageCount(region) >= Pages.PER_REGION / 2
                && ledger.nanosSincePublish(region) >= idleTime.toNanos();
        if (!onRequest && !isIdle) {
            return;
        }
        RunAllocator runs = open.blocks.runs();
        int result = 0;
        while (result == 0 && runs.freePageCount(region) + ledger.publishedPageCount(region) == Pages.PER_REGION) {
            long stretch = runs.takeStretch(region);
            if (stretch == 0) {
                return;
            }
            int firstPage = (int) stretch;
            int pageCount = (int) (stretch >>> Integer.SIZE);
            // Not all at once: a refused call makes all its pages writable again.
            result = permissions.publish(Pages.offsetOf(firstPage), (long) pageCount * Pages.BYTE_SIZE);
            // Pages that were published stay withheld until the region is empty; the others are free again at once.
            runs.free(firstPage, pageCount);
        }
    }

    /** Reopens an empty region, which it needs before its next use anyway. If that is refused, it waits. */
    private void reopenIfEmpty(int region, Duration idleTime) {
        if (ledger.isStale(region) && ledger.nanosSincePublish(region) >= idleTime.toNanos()) {
            permissions.reopen(region);
        }
    }

    /** Heals on request only from now on. */
    void pause() {
        synchronized (open.lock) {
            paused = true;
        }
    }

    /** Waits until no collapse is running, and lets none begin. Pre: the zone's lock is held. */
    void stop() {
        synchronized (collapsing) {
            closing = true;
        }
    }

    /** Lets collapses begin again. */
    void resume() {
        synchronized (collapsing) {
            closing = false;
        }
    }
}
