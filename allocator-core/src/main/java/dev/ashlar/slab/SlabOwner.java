package dev.ashlar.slab;

import dev.ashlar.memory.Temperature;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Cut runs that one thread at a time uses: the owner's thread without a lock, or, for a shared owner, any thread under
 * {@link #lock}. Other threads mark the blocks they free in the run; the owner processes the marks when it runs out of
 * room.
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

    /** Who may use this owner. */
    final OwnerThread thread;

    /** The temperature of its blocks. */
    final Temperature temperature;

    /** Held while a thread uses a shared owner. */
    final Object lock = new Object();

    private final RunSpace space;
    private final Owners owners;
    final SlabBin[] slabBins = new SlabBin[BlockStore.CLASS_COUNT];
    final PackedPool packed;
    final Parking parking;
    /** Runs with blocks freed by other threads. */
    private final RunQueue queue = new RunQueue();
    /** Whether an Error cut a change of this owner short, so that {@link #settle} must come first. */
    boolean cutShort;

    /** A block that was taken and not handed out when an Error came: its run, or null, and its position, or -1. */
    private @Nullable CutRun lostRun;

    private int lostPosition;

    SlabOwner(RunSpace space, Owners owners, @Nullable Thread thread, Temperature temperature) {
        this.temperature = temperature;
        this.space = space;
        this.owners = owners;
        this.thread = new OwnerThread(thread);
        this.packed = new PackedPool(space);
        this.parking = new Parking(space, this);
        for (int index = 0; index < slabBins.length; index++) {
            slabBins[index] = new SlabBin();
        }
    }

    /** {@return whether no remote free of this owner's blocks waits to be processed} */
    boolean hasNoMarks() {
        return queue.isEmpty();
    }

    /** {@return the offset of a slot for {@code byteSize} bytes, or -1 if there is no room} */
    long allocateSlot(int byteSize, Holder holder) {
        settle();
        Slab slab = null;
        int slot = -1;
        try {
            int sizeClass = SizeClasses.indexOf(byteSize);
            SlabBin bin = slabBins[sizeClass];
            slab = bin.first();
            if (slab == null) {
                slab = findSlab(bin, sizeClass);
                if (slab == null) {
                    return -1;
                }
            }
            slot = slab.allocate(holder);
            if (slab.isFull()) {
                bin.remove(slab);
            }
            return parking.noteHandedOut(slab, slot, slab.slotByteSize(), holder);
        } catch (Throwable e) {
            lostRun = slab;
            lostPosition = slot;
            cutShort = true;
            parking.lastOffset = Parking.NONE;
            throw e;
        }
    }

    private @Nullable Slab findSlab(SlabBin bin, int sizeClass) {
        drain();
        if (bin.first() != null) {
            return bin.first();
        }
        owners.inheritEnded();
        Slab slab = thread.isAny() ? bin.first() : owners.common.giveSlab(this, sizeClass);
        if (slab == null) {
            slab = space.openSlab(this, sizeClass);
        }
        if (slab != null && bin.first() != slab) {
            bin.add(slab);
        }
        return slab;
    }

    /** Gives a slab with free slots to another owner. */
    private @Nullable Slab giveSlab(SlabOwner taker, int sizeClass) {
        boolean mayHaveOne = slabBins[sizeClass].first() != null || !queue.isEmpty();
        return mayHaveOne ? (Slab) give(taker, sizeClass, 0) : null;
    }

    /**
     * Gives a run to another owner.
     *
     * @param sizeClass the class of a slab with free slots, or -1 for a packed run
     * @param length granules that a packed run must hold in a row
     */
    private @Nullable CutRun give(SlabOwner taker, int sizeClass, int length) {
        synchronized (lock) {
            settle();
            try {
                drain();
                parking.releaseAll();
                CutRun run = sizeClass < 0 ? packed.give(length) : slabBins[sizeClass].first();
                if (run instanceof Slab slab) {
                    slabBins[sizeClass].remove(slab);
                }
                if (run != null) {
                    run.owner = taker;
                }
                return run;
            } catch (Throwable e) {
                cutShort = true;
                parking.lastOffset = Parking.NONE;
                throw e;
            }
        }
    }

    /** {@return the offset of a packed block, or -1 if there is no room} */
    long allocatePacked(int byteSize, int log2Alignment, Holder holder) {
        settle();
        packed.front.placing = -1;
        packed.hole.placing = -1;
        try {
            int alignment = 1 << Math.max(0, log2Alignment - PackedRun.LOG2_GRANULE_BYTE_SIZE);
            int count = PackedRun.granuleCount(byteSize);
            int first = packed.allocate(count, alignment, holder);
            if (first < 0) {
                if (!makeRoom(count + alignment - 1)) {
                    return -1;
                }
                first = packed.allocate(count, alignment, holder);
            }
            return first < 0 ? -1
                    : parking.noteHandedOut(packed.placedIn(), first, count << PackedRun.LOG2_GRANULE_BYTE_SIZE,
                            holder);
        } catch (Throwable e) {
            Filling placing = packed.front.placing >= 0 ? packed.front : packed.hole;
            lostRun = placing.run;
            lostPosition = placing.placing;
            cutShort = true;
            parking.lastOffset = Parking.NONE;
            throw e;
        }
    }

    /** {@return whether there is a sufficient stretch of free granules now} */
    private boolean makeRoom(int length) {
        drain();
        packed.renewFront();
        if (packed.canHold(length)) {
            return true;
        }
        if (parking.byteSize() > tolerated()) {
            parking.releaseAll();
            packed.settle();
            if (packed.canHold(length)) {
                return true;
            }
        }
        owners.inheritEnded();
        if (thread.isAny()) {
            return packed.canHold(length) || packed.open(this);
        }
        PackedRun run = (PackedRun) owners.common.give(this, -1, length);
        if (run == null) {
            return packed.open(this);
        }
        packed.add(run);
        return true;
    }

    /** {@return bytes that may stay parked when a run must be opened} */
    private long tolerated() {
        long least = space.hasPagesFor(PackedRun.PAGE_COUNT) ? AFFORDABLE_PARKED_BYTE_SIZE : TOLERATED_PARKED_BYTE_SIZE;
        return Math.max(least, packed.byteSize() >> LOG2_PARKED_SHARE);
    }

    /** Frees the block that starts at {@code offset} in one of this owner's runs. */
    FreeResult free(CutRun run, long offset, Holder holder) {
        settle();
        return parking.free(run, offset, holder);
    }

    /** {@return whether the block at {@code offset}, live in its run's books, is the one that this owner freed last} */
    boolean isLastFreed(long offset) {
        return parking.isLastFreed(offset);
    }

    /** {@return the position of the block that was freed last if it lies in {@code run}, or -1} */
    int lastFreedPosition(CutRun run) {
        return parking.lastFreedPosition(run);
    }

    /** {@return whether there are enough packed runs to fill holes} */
    boolean packsHoles() {
        return packed.packsHoles();
    }

    /** {@return whether freeing a parked block would enlarge a hole} */
    boolean isBesideHole(CutRun run, int position, int byteSize) {
        return packed.isBesideHole(run, position, PackedRun.granuleCount(byteSize));
    }

    /** Frees the place of a parked or live block. Pre: it is erased. */
    void release(CutRun run, int position, int byteSize) {
        if (run instanceof Slab slab) {
            freeSlot(slab, position);
        } else {
            packed.free((PackedRun) run, position, PackedRun.granuleCount(byteSize));
        }
    }

    private void freeSlot(Slab slab, int slot) {
        SlabBin bin = slabBins[slab.sizeClass()];
        if (slab.isFull()) {
            bin.add(slab);
        }
        slab.free(slot);
        closeIfVacant(bin, slab);
    }

    private void closeIfVacant(SlabBin bin, Slab slab) {
        if (slab.isVacant() && !bin.isOnly(slab) && slab.mayClose()) {
            bin.remove(slab);
            space.close(slab);
        }
    }

    /** Shrinks a live packed block to {@code byteSize} bytes. Pre: the rest is erased. */
    void shrinkPacked(PackedRun run, int granule, int byteSize) {
        settle();
        try {
            parking.parkLast();
            packed.shrink(run, granule, byteSize);
        } catch (Throwable e) {
            // The caller does not know how long the block is now.
            space.health.end = e;
            throw e;
        }
    }

    /** Adds a run with marks to this owner's queue, from any thread. */
    void enqueue(CutRun run) {
        queue.push(run);
        if (run.owner != this) {
            // Another owner has opened the run meanwhile, and would wait for this one.
            queue.reroute();
        }
    }

    /** Frees all blocks of this owner that other threads have marked. */
    void drain() {
        if (!queue.begin()) {
            return;
        }
        // So that the block is no longer live in its run's books.
        parking.parkLast();
        for (CutRun run = queue.next(); run != null; run = queue.next()) {
            if (run.isDrained || run.isOpenIn(this)) {
                drain(run);
            } else {
                space.passOn(run);
            }
            queue.done();
        }
    }

    private void drain(CutRun run) {
        run.beginDrain();
        for (int word = 0; word < run.remoteWordCount(); word++) {
            long marks = run.remoteMarks(word);
            for (long left = marks; left != 0; left &= left - 1) {
                int position = run.livePositionOf(RemoteMarks.markAt(word, left));
                if (position >= 0) {
                    int byteSize = run.usableByteSize(position);
                    space.erase(run.firstByte() + run.startAt(position), byteSize);
                    release(run, position, byteSize);
                } else {
                    run.countLateLoser();
                }
            }
            run.clearRemote(word, marks);
        }
        run.endDrain();
        if (run instanceof Slab slab) {
            closeIfVacant(slabBins[slab.sizeClass()], slab);
        } else {
            packed.closeIfVacant((PackedRun) run);
        }
    }

    /** Closes the vacant runs that were kept. */
    void releaseVacant() {
        settle();
        try {
            drain();
            parking.releaseAll();
            for (SlabBin bin : slabBins) {
                Slab slab = bin.first();
                while (slab != null) {
                    Slab after = (Slab) slab.next;
                    if (slab.isVacant() && slab.mayClose()) {
                        bin.remove(slab);
                        space.close(slab);
                    }
                    slab = after;
                }
            }
            packed.releaseVacant();
        } catch (Throwable e) {
            cutShort = true;
            parking.lastOffset = Parking.NONE;
            throw e;
        }
    }

    /**
     * Rebuilds this owner's lists and counts if an Error cut a change short.
     *
     * <p>The runs say which blocks are live, and are changed last by an allocation and first by a free. All else
     * follows from them: parked blocks become free, and so does a block that was taken and not handed out.
     */
    private void settle() {
        if (cutShort) {
            rebuild();
            cutShort = false;
            lostRun = null;
            drain();
        }
    }

    private void rebuild() {
        synchronized (space.lock) {
            space.settle();
            parking.forget();
            CutRun lost = lostRun;
            if (lost != null && lostPosition >= 0 && lost.isLive(lostPosition)) {
                lost.park(lostPosition);
            }
            Arrays.setAll(slabBins, _ -> new SlabBin());
            packed.forget();
            for (int number = 0; number < space.cutRuns.count(); number++) {
                CutRun run = space.cutRuns.at(number);
                if (run.owner == this && run.pageCount() > 0) {
                    run.rebuild(space);
                    adopt(run);
                }
            }
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
            ended.parking.releaseAll();
            ended.packed.settle();
            for (int number = 0; number < space.cutRuns.count(); number++) {
                CutRun run = space.cutRuns.at(number);
                if (run.owner == ended) {
                    inherit(run);
                }
            }
            ended.queue.bequeath(queue);
        } catch (Throwable e) {
            cutShort = true;
            parking.lastOffset = Parking.NONE;
            ended.cutShort = true;
            ended.parking.lastOffset = Parking.NONE;
            throw e;
        }
    }

    private void inherit(CutRun run) {
        run.owner = this;
        // The links of a closed run belong to the list of spare runs.
        if (run.pageCount() > 0) {
            adopt(run);
        }
    }

    /** Adds an open run to the lists. */
    private void adopt(CutRun run) {
        run.next = null;
        run.previous = null;
        switch (run) {
            case Slab slab when !slab.isFull() -> slabBins[slab.sizeClass()].add(slab);
            case Slab slab -> {
                // It is full; it returns to a bin when one of its blocks is freed.
            }
            case PackedRun packedRun -> packed.add(packedRun);
        }
    }

    /** {@return the number of slabs of this owner with room, after checking the lists} */
    int checkedSlabCount() {
        return IntStream.range(0, slabBins.length)
                .map(sizeClass -> slabBins[sizeClass].checkedCount(this, sizeClass))
                .sum();
    }

    /** {@return the number of packed runs of this owner, after checking the lists} */
    int checkedPackedRunCount() {
        return packed.checkedCount(this);
    }

    /** {@return the number of runs with marks that wait for this owner} */
    int queuedRunCount() {
        return queue.count();
    }

    long metadataByteSize() {
        return 128 + 40L * slabBins.length + packed.metadataByteSize() + parking.metadataByteSize();
    }
}
