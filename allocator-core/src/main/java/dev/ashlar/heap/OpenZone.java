package dev.ashlar.heap;

import dev.ashlar.memory.Refusal;
import dev.ashlar.region.Health;
import dev.ashlar.region.Pages;
import dev.ashlar.region.Zone;
import dev.ashlar.region.ZoneRegions;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.slab.BlockStore;
import java.util.List;
import java.util.function.Supplier;

/**
 * One zone of a heap with its regions, its blocks, the lock for what touches regions, and whether the heap is closed:
 * the part of a {@code Space} that write paths and healing know.
 *
 * <p>Thread-safe. {@code lock} guards {@code regions} and {@code zone} against a close; {@code blocks} takes it by
 * itself.
 */
abstract class OpenZone {
    /** Whether {@link #exhausted} has run in this process. */
    private static volatile boolean isFailurePrepared;

    final String heapName;
    final Zone zone;
    final ZoneRegions regions;
    final BlockStore blocks;
    final Object lock;
    final Health health;

    OpenZone(
            String heapName, Zone zone, ZoneRegions regions, BlockStore blocks, Object lock, Health health) {
        this.heapName = heapName;
        this.zone = zone;
        this.regions = regions;
        this.blocks = blocks;
        this.lock = lock;
        this.health = health;
    }

    /** {@return the zone} */
    public final Zone zone() {
        return zone;
    }

    /** {@return the zone's regions; only under {@link #whileOpen}} */
    public final ZoneRegions regions() {
        return regions;
    }

    /** {@return the zone's blocks} */
    public final BlockStore blocks() {
        return blocks;
    }

    /** {@return whether the heap is closed} */
    public final boolean isClosed() {
        return health.isClosed();
    }

    /** {@return whether the heap can be used} */
    public final boolean isOpen() {
        return health.end == null;
    }

    /** Throws if the heap is closed or damaged. */
    public final void requireOpen() {
        health.require();
    }

    /** {@return the block that starts at an offset, for errors} */
    final String blockAt(long offset) {
        return "the block at 0x" + Long.toHexString(zone.base() + offset) + " of heap " + heapName;
    }

    /** {@return what {@code reading} finds while no other thread changes pages or regions} */
    public final <T> T whileOpen(Supplier<T> reading) {
        synchronized (lock) {
            requireOpen();
            return reading.get();
        }
    }

    /** {@return what to throw after {@code failure}, which another thread's close of the heap may have caused} */
    public final RuntimeException closedOr(IllegalStateException failure) {
        // The lock waits until the close has ended.
        synchronized (lock) {
            return health.isClosed() ? HeapClosedException.of(heapName) : failure;
        }
    }

    /**
     * Makes a refusal of a block once, in the first heap, and drops it. A class that cannot be loaded when it is first
     * needed, because there is no descriptor or no stack left, would stay missing.
     */
    final void prepareFailure() {
        if (!isFailurePrepared) {
            var _ = unrecorded(1);
            isFailurePrepared = true;
        }
    }

    /** {@return what to throw if there is no room for a block} */
    final HeapExhaustedException exhausted(long byteSize) {
        return regions.events().recorded(unrecorded(byteSize));
    }

    private HeapExhaustedException unrecorded(long byteSize) {
        synchronized (lock) {
            // A refusal explains the failure only if there was a region that the host could have been asked for.
            List<Refusal> refusals = regions.takeFailure();
            boolean hostWasAsked = blocks.runs().hasPlaceFor(Pages.countFor(byteSize));
            return unrecorded(byteSize, hostWasAsked ? refusals : List.of());
        }
    }

    /** {@return what to throw if the host refused what a block needs} Pre: the lock is held. */
    final HeapExhaustedException exhausted(long byteSize, List<Refusal> refusals) {
        return regions.events().recorded(unrecorded(byteSize, refusals));
    }

    private HeapExhaustedException unrecorded(long byteSize, List<Refusal> refusals) {
        return HeapExhaustedException.noRoom(
                heapName,
                zone.domain(),
                byteSize,
                (long) blocks.runs().figures().largestFreePageCount() * Pages.BYTE_SIZE,
                zone.byteSize(),
                regions.committedByteSize(),
                regions.backingsInUse(),
                refusals);
    }

    /**
     * Brings the pages of a range that the caller holds, if a commit of its regions did not.
     *
     * @throws HeapExhaustedException if the host refuses; some pages may have come
     */
    final void populate(long offset, long byteSize) {
        synchronized (lock) {
            requireOpen();
            if (!regions.populate(offset, byteSize)) {
                throw exhausted(byteSize, regions.takeFailure());
            }
        }
    }
}
