package dev.ashlar.slab;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import dev.ashlar.region.StackRoom;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one thread at a time: the owner's thread without a lock, or, for a shared owner, any thread under
 * {@link #lock}. Other threads mark the blocks they free; the owner frees them when it runs out of room.
 *
 * <p>The last run of a kind stays with its owner when it becomes vacant, so that a caller who allocates and frees one
 * block does not open and close a run each time; {@link #releaseVacant} gives these back.
 */
final class SlabOwner {
    /**
     * Parked blocks may hold 1/256 of the packed runs' bytes; if they hold more, they are freed before a new run is
     * opened.
     */
    private static final int LOG2_PARKED_SHARE = 8;

    /** Twice what waits in quarantine; with less, a small heap would free parked blocks all the time. */
    private static final long TOLERATED_PARKED_BYTE_SIZE = 2 * Quarantine.LARGEST_BYTE_SIZE;

    /** If a new run needs no further region, a few blocks of every size up to some KiB may stay parked. */
    private static final long AFFORDABLE_PARKED_BYTE_SIZE = 8 * Quarantine.LARGEST_BYTE_SIZE;

    /** Blocks placed anew before the marks of other threads are looked at: a look costs as much as some of them. */
    private static final int PLACED_PER_GATHER = 16;

    /** Who may use this owner. */
    final OwnerThread thread;

    /** The temperature of its blocks. */
    final Temperature temperature;

    /** Held while a thread uses a shared owner. */
    final Object lock = new Object();

    final Parking parking;
    final CutRuns runs;
    /** What becomes of blocks that other threads have freed: objects made once, because a free makes none. */
    private final LongConsumer releasing;

    private final LongConsumer parks;
    private int placedSinceGather;
    private final RunSpace space;
    private final Owners owners;

    SlabOwner(Owners owners, CutRuns runs, @Nullable Thread thread, Temperature temperature) {
        this.owners = owners;
        this.runs = runs;
        this.space = owners.space;
        this.temperature = temperature;
        this.thread = new OwnerThread(thread);
        this.parking = new Parking(space, runs, this.thread, owners.lastFreed(runs.ownerId));
        this.releasing = runs::release;
        this.parks = parking::park;
    }

    /** {@return the number of this owner in the words of its runs} */
    int id() {
        return runs.ownerId;
    }

    /**
     * Takes a slot, a packed block or whole pages.
     *
     * @return the offset of the block, or -1 if there is no room
     */
    long allocate(long byteSize, int log2Alignment, Holder holder) {
        settle();
        long alignment = 1L << log2Alignment;
        long rounded = (byteSize + alignment - 1) & -alignment;
        try {
            gather();
            parking.parkLast();
            parking.freeStreak = 0;
            if (rounded <= owners.largestSlotByteSize) {
                return allocateSlot(SizeClasses.of((int) rounded), holder);
            }
            boolean isPacked = byteSize <= SizeClasses.LARGEST_PACKED_BYTE_SIZE && log2Alignment < Pages.LOG2_BYTE_SIZE;
            return isPacked
                    ? allocatePacked((int) byteSize, log2Alignment, holder)
                    : allocateRun(byteSize, log2Alignment, holder);
        } catch (Throwable e) {
            parking.cutShort = true;
            parking.lastOffset = Parking.NONE;
            throw e;
        }
    }

    /** Takes granules for a block that is small enough for a slot, but for which there is no slab. */
    long allocateSmallPacked(int byteSize, int log2Alignment, Holder holder) {
        settle();
        try {
            parking.parkLast();
            return allocatePacked(byteSize, log2Alignment, holder);
        } catch (Throwable e) {
            parking.cutShort = true;
            parking.lastOffset = Parking.NONE;
            throw e;
        }
    }

    private long allocateSlot(int sizeClass, Holder holder) {
        int key = Parking.keyOf(sizeClass, holder);
        if (runs.slabs.first(sizeClass) < 0 && !findSlab(sizeClass)) {
            return -1;
        }
        long offset = runs.slabs.allocate(sizeClass, holder, parking.stacks);
        // No call from here on: an Error would lose the block.
        parking.lastKey = key;
        parking.lastOffset = offset;
        return offset;
    }

    private boolean findSlab(int sizeClass) {
        drain();
        if (runs.slabs.first(sizeClass) >= 0) {
            return true;
        }
        owners.inheritEnded();
        if (runs.slabs.first(sizeClass) >= 0 || (!thread.isAny() && owners.common.giveSlab(sizeClass, this))) {
            return true;
        }
        releaseRunIfShort(Slots.largePageCountFor(sizeClass));
        return runs.openSlab(sizeClass, temperature);
    }

    /** Gives the block of whole pages back that is kept, if otherwise a region would be committed. */
    private void releaseRunIfShort(int pageCount) {
        if (parking.run.byteSize() > 0 && !space.hasPagesFor(pageCount)) {
            parking.run.release();
        }
    }

    private boolean giveSlab(int sizeClass, SlabOwner taker) {
        boolean mayHaveOne = runs.slabs.first(sizeClass) >= 0 || !runs.remote.isEmpty();
        return mayHaveOne && give(sizeClass, 0, taker);
    }

    /**
     * Gives a run to another owner.
     *
     * @param sizeClass the class of a slab with free slots, or -1 for a packed run
     * @param length granules that a packed run must hold in a row
     */
    private boolean give(int sizeClass, int length, SlabOwner taker) {
        synchronized (lock) {
            settle();
            try {
                drain();
                parking.releaseAll();
                return sizeClass < 0 ? runs.givePackedRun(length, taker.runs) : runs.giveSlab(sizeClass, taker.runs);
            } catch (Throwable e) {
                parking.cutShort = true;
                parking.lastOffset = Parking.NONE;
                throw e;
            }
        }
    }

    private long allocatePacked(int byteSize, int log2Alignment, Holder holder) {
        int alignment = 1 << Math.max(0, log2Alignment - SizeClasses.LOG2_GRANULE_BYTE_SIZE);
        int count = PackedRuns.granuleCount(byteSize);
        int sizeClass = SizeClasses.ofGranules(count);
        int key = Parking.keyOf(sizeClass, holder);
        boolean hasClass = !SizeClasses.isSlot(sizeClass);
        long offset = runs.packed.allocate(count, alignment, holder);
        if (offset < 0 && makeRoom(count + alignment - 1)) {
            offset = runs.packed.allocate(count, alignment, holder);
        }
        // No call from here on: an Error would lose the block.
        parking.lastKey = key;
        parking.lastOffset = hasClass ? offset : Parking.NONE;
        return offset;
    }

    /** {@return whether there is a sufficient stretch of free granules now} */
    private boolean makeRoom(int length) {
        drain();
        runs.packed.renewFront();
        if (runs.packed.canHold(length)) {
            return true;
        }
        if (parking.byteSize() > tolerated()) {
            parking.releaseAll();
            runs.packed.settle();
            if (runs.packed.canHold(length)) {
                return true;
            }
        }
        owners.inheritEnded();
        boolean found = thread.isAny() ? runs.packed.canHold(length) : owners.common.give(-1, length, this);
        if (found) {
            return true;
        }
        releaseRunIfShort(PackedRuns.PAGE_COUNT);
        return runs.openPackedRun(temperature);
    }

    /** {@return bytes that may stay parked when a run must be opened} */
    private long tolerated() {
        long least = space.hasPagesFor(PackedRuns.PAGE_COUNT)
                ? AFFORDABLE_PARKED_BYTE_SIZE
                : TOLERATED_PARKED_BYTE_SIZE;
        return Math.max(least, runs.packed.byteSize() >> LOG2_PARKED_SHARE);
    }

    private long allocateRun(long byteSize, int log2Alignment, Holder holder) {
        int pageCount = Pages.countFor(byteSize);
        if (pageCount >= Pages.PER_REGION) {
            // Vacant runs may keep regions from being empty, which this block needs.
            releaseVacant();
        }
        releaseRunIfShort(pageCount);
        return space.allocateRun(byteSize, log2Alignment, temperature, holder);
    }

    /** Shrinks a live packed block to {@code byteSize} bytes. Pre: the rest is erased. */
    void shrinkPacked(long offset, int byteSize) {
        settle();
        try {
            parking.parkLast();
            runs.shrinkPacked(offset, byteSize);
        } catch (Throwable e) {
            // The caller does not know how long the block is now.
            space.health.end = e;
            throw e;
        }
    }

    /** Frees all blocks of this owner that other threads have marked. */
    void drain() {
        drain(releasing);
    }

    private void drain(LongConsumer free) {
        if (runs.remote.isIdle()) {
            return;
        }
        try {
            // So that the block is no longer live in its lines.
            parking.parkLast();
            runs.drain(free);
        } catch (Throwable e) {
            parking.cutShort = true;
            parking.lastOffset = Parking.NONE;
            throw e;
        }
    }

    /**
     * Parks the blocks that other threads have freed, now and then, if blocks are placed anew: so that a thread whose
     * blocks others free takes these blocks, and not more memory.
     */
    private void gather() {
        if (!runs.remote.isEmpty() && ++placedSinceGather >= PLACED_PER_GATHER) {
            placedSinceGather = 0;
            drain(parks);
            share();
        }
    }

    /**
     * Gives runs with free space to the common owner if other owners have opened new ones meanwhile. Without this, a
     * thread whose blocks others free would keep the memory of all of them.
     */
    private void share() {
        if (thread.isAny() || !runs.canShare()) {
            return;
        }
        // An overflow between two queues would lose marks.
        StackRoom.require();
        SlabOwner common = owners.common;
        synchronized (common.lock) {
            common.settle();
            try {
                parking.releaseAll();
                runs.share(common.runs);
            } catch (Throwable e) {
                common.parking.cutShort = true;
                common.parking.lastOffset = Parking.NONE;
                throw e;
            }
        }
    }

    /** Closes the vacant runs that were kept. */
    void releaseVacant() {
        settle();
        try {
            drain();
            parking.releaseAll();
            runs.releaseVacant();
        } catch (Throwable e) {
            parking.cutShort = true;
            parking.lastOffset = Parking.NONE;
            throw e;
        }
    }

    /**
     * Rebuilds this owner's lists and counts if an Error cut a change short.
     *
     * <p>The lines say which blocks are live, and are changed last by an allocation and first by a free. All else
     * follows from them, and parked blocks become free.
     */
    void settle() {
        if (parking.cutShort) {
            synchronized (space.lock) {
                space.settle();
                parking.forget();
                runs.rebuild();
            }
            parking.cutShort = false;
            drain();
        }
    }

    /**
     * Takes over all runs of an owner whose thread has ended. Pre: this owner's lock and the space's lock are held, so
     * that no other thread does so and no run is opened.
     */
    void inherit(SlabOwner ended) {
        settle();
        ended.settle();
        try {
            ended.drain();
            ended.parking.releaseAll();
            ended.runs.giveAll(runs);
        } catch (Throwable e) {
            ended.parking.cutShort = true;
            ended.parking.lastOffset = Parking.NONE;
            parking.cutShort = true;
            parking.lastOffset = Parking.NONE;
            throw e;
        }
    }

    /** {@return the number of slabs of this owner, after checking the lists} */
    int checkedSlabCount() {
        return runs.slabs.checkedCount(id());
    }

    /** {@return the number of packed runs of this owner, after checking the lists} */
    int checkedPackedRunCount() {
        return runs.packed.checkedCount(id());
    }

    /** {@return the number of runs with marks that wait for this owner} */
    int queuedRunCount() {
        return runs.remote.count();
    }

    long metadataByteSize() {
        return 48 + runs.metadataByteSize() + parking.metadataByteSize();
    }
}
