package dev.ashlar;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Ledger;
import dev.ashlar.region.Pages;
import dev.ashlar.region.Permissions;
import dev.ashlar.region.Region;
import dev.ashlar.report.WritePathException;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import dev.ashlar.stubs.Errno;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the write path IN_PLACE adds to a space: blocks have pages of their own, can be written until they are
 * published, and are published by a change of permission. Pages are handed out upwards, so that a region has published
 * pages below and writable ones above, with one joint between them. Thread-safe: all under the space's lock.
 */
final class InPlace {
    static final int LOG2_PAGE_BYTE_SIZE = 12;
    /** A region that is half full and in which nothing was published for so long is idle. */
    private static final Duration IDLE_TIME = Duration.ofSeconds(10);

    private final HeapSpace space;
    private final Permissions permissions;
    private final Ledger ledger;
    private final int log2Granule;
    private final Healer healer = new Healer(this);
    private boolean healingPaused;
    /**
     * Held while the kernel makes a region huge; guards {@link #closing}. After the space's lock where both are held.
     */
    private final ReentrantLock collapsing = new ReentrantLock();
    private boolean closing;
    /** Where the healer goes on, so that a region that the kernel refuses keeps no other one waiting. */
    private int nextToHeal;

    InPlace(HeapSpace space, List<Backing> ladder) {
        this.space = space;
        this.log2Granule = ladder.stream()
                .mapToInt(backing -> Long.numberOfTrailingZeros(Permissions.granuleByteSize(backing)))
                .max()
                .orElseThrow();
        this.permissions = space.regions.permissions();
        this.ledger = space.regions.ledger();
    }

    /** Takes a block with pages of its own, all writable. @return its offset, or -1 where there is no room */
    long take(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        space.lock.lock();
        try {
            space.requireOpen();
            if (log2Granule > LOG2_PAGE_BYTE_SIZE) {
                throw WritePathException.blocksOnHugetlb();
            }
            long offset = space.blocks.allocateRun(
                    byteSize, Math.max(log2Alignment, LOG2_PAGE_BYTE_SIZE), temperature, holder);
            return offset < 0 ? offset : prepared(offset, holder);
        } finally {
            space.lock.unlock();
        }
    }

    /** Takes all the room from a place on, up to the end of its region. @return its offset, or -1 */
    long takeStretch(long byteSize, int log2Alignment) {
        space.lock.lock();
        try {
            space.requireOpen();
            long offset = space.blocks.allocateStretch(byteSize, Math.max(log2Alignment, log2Granule));
            return offset < 0 ? offset : prepared(offset, Holder.OBJECT);
        } finally {
            space.lock.unlock();
        }
    }

    /** {@return log2 of the bytes of which a published range must be a multiple} */
    int log2Granule() {
        return log2Granule;
    }

    /**
     * Sees to it that a block just taken can be written. Where it cannot, its region had become empty before: all of it
     * is made writable by one call.
     *
     * @return {@code offset}
     */
    private long prepared(long offset, Holder holder) {
        long byteSize = space.blocks.usableByteSize(offset);
        for (long at = offset; at < offset + byteSize; at = (at & -Region.BYTE_SIZE) + Region.BYTE_SIZE) {
            int region = (int) (at / Region.BYTE_SIZE);
            int result = ledger.isStale(region) ? permissions.reopen(region) : 0;
            if (result < 0) {
                space.blocks.free(offset, holder);
                throw space.exhausted(byteSize, List.of(Permissions.refusal("mprotect(read+write)", result)));
            }
        }
        return offset;
    }

    /** Publishes a block whose pages are its own. */
    void publish(long offset) {
        space.lock.lock();
        try {
            // Once the heap is closed these addresses are somebody else's.
            space.requireOpen();
            ledger.asked(1);
            long byteSize = space.blocks.usableByteSize(offset);
            int result = ledger.isOpen(offset, byteSize) ? publish(offset, byteSize) : 0;
            if (result < 0) {
                throw WritePathException.publishFailed(byteSize, Errno.describe(result));
            }
        } finally {
            space.lock.unlock();
        }
    }

    /** Publishes what lies side by side, by one call. @return 0 or {@code -errno} Pre: the lock is held. */
    int publish(long offset, long byteSize) {
        int result = permissions.publish(offset, byteSize);
        // What lies between the first region and the last was published as a whole.
        boolean mayBeSplit = ledger.isSplit((int) (offset / Region.BYTE_SIZE))
                || ledger.isSplit((int) ((offset + byteSize - 1) / Region.BYTE_SIZE));
        if (result == 0 && !healingPaused && mayBeSplit) {
            healer.wake();
        }
        return result;
    }

    /** Notes that so many pieces are to be published. */
    void asked(int count) {
        space.lock.lock();
        try {
            ledger.asked(count);
        } finally {
            space.lock.unlock();
        }
    }

    /** Gives the end of a stretch back, in which nothing was written. */
    void giveBackRest(long offset, long byteSize) {
        FreeResult result = space.blocks.shrinkUntouched(offset, byteSize, Holder.OBJECT);
        assert result == FreeResult.DONE : result + " offset=" + offset;
    }

    void write(String action, long offset, MemorySegment source, long sourceOffset, long byteSize) {
        space.lock.lock();
        try {
            space.requireOpen();
            if (!ledger.isOpen(offset, byteSize)) {
                // A write to a page that is not writable would end the JVM.
                throw HeapErrors.publishedInPlace(action);
            }
            space.zone.write(offset, source, sourceOffset, byteSize);
        } finally {
            space.lock.unlock();
        }
    }

    /** {@return whether a range can be written at its own address now} */
    boolean isOpen(long offset, long byteSize) {
        space.lock.lock();
        try {
            return ledger.isOpen(offset, byteSize);
        } finally {
            space.lock.unlock();
        }
    }

    /**
     * Fills what is freed with traps where it can be written; where it was published nothing is handed out before its
     * region is made writable again and filled from end to end.
     */
    void fillWithTraps(long offset, long byteSize) {
        if (ledger.isOpen(offset, byteSize)) {
            space.zone.fillWithTraps(offset, byteSize);
        } else {
            ledger.asked(1);
        }
    }

    /** What a step of healing came to. */
    enum Healing {
        HEALED,
        /** The kernel did not make the region huge. */
        REFUSED,
        /** What is split is being filled. */
        WAITING,
        NOTHING_SPLIT
    }

    /**
     * Makes full, idle and empty regions that are split huge again. A region is idle where nobody holds writable memory
     * in it; what is free in it is published with the rest and handed out again when the region is empty.
     *
     * @return regions that are huge again
     */
    int heal() {
        int healed = 0;
        for (int region : splitRegions()) {
            healed += heal(region, Duration.ZERO) == Healing.HEALED ? 1 : 0;
        }
        return healed;
    }

    /** Heals the next region for which it is time: one that is full, or nearly and idle for long. The healer only. */
    Healing healOne() {
        int[] split = splitRegions();
        int first = Arrays.binarySearch(split, nextToHeal);
        int start = first >= 0 ? first : -first - 1;
        for (int count = 0; count < split.length; count++) {
            int region = split[(start + count) % split.length];
            Healing healing = heal(region, IDLE_TIME);
            if (healing == Healing.HEALED || healing == Healing.REFUSED) {
                nextToHeal = region + 1;
                return healing;
            }
        }
        return split.length == 0 ? Healing.NOTHING_SPLIT : Healing.WAITING;
    }

    boolean hasSplitRegion() {
        return splitRegions().length > 0;
    }

    private int[] splitRegions() {
        space.lock.lock();
        try {
            return space.isClosed() ? new int[0] : ledger.splitRegions().stream().toArray();
        } finally {
            space.lock.unlock();
        }
    }

    private Healing heal(int region, Duration idleTime) {
        long lastChange;
        space.lock.lock();
        try {
            if (space.isClosed() || !ledger.isSplit(region)) {
                return Healing.NOTHING_SPLIT;
            }
            if (!permissions.canHeal(region)) {
                fillUpIfIdle(region, idleTime);
                reopenIfEmpty(region, idleTime);
            }
            if (!permissions.canHeal(region)) {
                return Healing.WAITING;
            }
            lastChange = ledger.lastChangeOf(region);
        } finally {
            space.lock.unlock();
        }
        int result = collapse(region);
        space.lock.lock();
        try {
            return !space.isClosed() && permissions.noteCollapse(region, lastChange, result) ? Healing.HEALED
                    : Healing.REFUSED;
        } finally {
            space.lock.unlock();
        }
    }

    /** Others may go on while the kernel copies, but not close the heap. @return 0 or {@code -errno} */
    private int collapse(int region) {
        collapsing.lock();
        try {
            return closing ? -Errno.EINVAL : permissions.collapse(region);
        } finally {
            collapsing.unlock();
        }
    }

    /** Publishes the free pages of a region where they are all that is writable in it, and nothing came for a while. */
    private void fillUpIfIdle(int region, Duration idleTime) {
        boolean soon = idleTime.isZero();
        boolean isWorthIt = ledger.publishedPageCount(region) >= Pages.PER_REGION / 2
                && ledger.nanosSincePublish(region) >= idleTime.toNanos();
        if (!soon && !isWorthIt) {
            return;
        }
        long stretch = space.blocks.runs().takeStretch(region);
        if (stretch == 0) {
            return;
        }
        int firstPage = (int) stretch;
        int pageCount = (int) (stretch >>> Integer.SIZE);
        if (pageCount + ledger.publishedPageCount(region) == Pages.PER_REGION) {
            permissions.publish((long) firstPage << LOG2_PAGE_BYTE_SIZE, (long) pageCount << LOG2_PAGE_BYTE_SIZE);
        }
        // Back, to be kept until the region is empty; at once where they could not be published.
        space.blocks.runs().free(firstPage, pageCount);
    }

    /** A region without contents must be reopened before it has others anyway; where that is refused it waits. */
    private void reopenIfEmpty(int region, Duration idleTime) {
        if (ledger.isStale(region) && ledger.nanosSincePublish(region) >= idleTime.toNanos()) {
            permissions.reopen(region);
        }
    }

    /** From now on regions are healed on request only: for tests that look at every step. */
    void pauseHealing() {
        space.lock.lock();
        try {
            healingPaused = true;
        } finally {
            space.lock.unlock();
        }
    }

    /** Waits until no collapse is under way, and lets none begin. Pre: the space's lock is held. */
    void stopCollapsing() {
        collapsing.lock();
        try {
            closing = true;
        } finally {
            collapsing.unlock();
        }
    }

    /** Closing the heap was refused. */
    void resumeCollapsing() {
        collapsing.lock();
        try {
            closing = false;
        } finally {
            collapsing.unlock();
        }
    }
}
