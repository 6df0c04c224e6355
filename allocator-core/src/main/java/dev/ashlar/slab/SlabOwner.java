package dev.ashlar.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The cut runs that one thread at a time works with: its own thread's, without any lock, or everybody's, under
 * {@link #lock}. Blocks freed by other threads are marked in their run and looked through when the owner runs out.
 *
 * <p>The last run of a kind stays with its owner when it becomes vacant, so that a caller who allocates and frees one
 * block does not open and close a run each time; {@link #releaseVacant} gives those back.
 */
final class SlabOwner {
    /** So many frees in a row mean that the caller is clearing up: nothing is parked then. */
    private static final int LONGEST_STREAK = 64;

    /** Parked blocks may hold 1/64 of the packed runs' bytes before they are given up for a new run's sake. */
    private static final int LOG2_PARKED_SHARE = 8;

    private static final VarHandle QUEUE;

    static {
        try {
            QUEUE = MethodHandles.lookup().findVarHandle(SlabOwner.class, "queue", CutRun.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The only thread that may use this owner; null where everybody may, under the lock. */
    final @Nullable Thread thread;

    /** Taken by whoever uses an owner without a thread. */
    final ReentrantLock lock = new ReentrantLock();

    private final RunSpace space;
    private final Owners owners;
    private final SlabBin[] slabBins = new SlabBin[BlockStore.CLASS_COUNT];
    private final PackedPool packed;
    private final Magazines magazines = new Magazines();
    /** Null where contents need no erasing. */
    private final @Nullable Quarantine quarantine;

    /** Frees since the last allocation. */
    private int freeStreak;

    /** Runs with blocks freed by other threads: a stack that any thread pushes to and the owner takes whole. */
    @SuppressWarnings("UnusedVariable") // read and written through QUEUE
    private volatile @Nullable CutRun queue;

    /** Who took over when this owner's thread had ended. */
    private volatile @Nullable SlabOwner heir;

    SlabOwner(RunSpace space, Owners owners, @Nullable Thread thread) {
        this.space = space;
        this.owners = owners;
        this.thread = thread;
        this.packed = new PackedPool(space);
        this.quarantine = space.erases() ? new Quarantine() : null;
        for (int index = 0; index < slabBins.length; index++) {
            slabBins[index] = new SlabBin();
        }
    }

    /** By identity: a subclass of Thread may have its own idea of equality. */
    @SuppressWarnings("ReferenceEquality")
    boolean isOwnedBy(Thread candidate) {
        return thread == candidate;
    }

    /** {@return the offset of a block parked earlier for which {@code kind} stands, or -1 where there is none} */
    long reuse(int kind, Holder holder) {
        freeStreak = 0;
        int round = magazines.pop(kind);
        if (round < 0) {
            return -1;
        }
        CutRun run = space.cutRuns.at(Magazines.runNumber(round));
        int position = Magazines.position(round);
        int start = Magazines.isSlot(kind)
                ? ((Slab) run).unpark(position, holder)
                : ((PackedRun) run).unpark(position, holder);
        return run.firstByte() + start;
    }

    /** {@return the offset of a slot for {@code byteSize} bytes, or -1 where there is no room} */
    long allocateSlot(int byteSize, Holder holder) {
        int sizeClass = SizeClasses.indexOf(byteSize);
        magazines.prepare(sizeClass);
        SlabBin bin = slabBins[sizeClass];
        Slab slab = bin.first();
        if (slab == null) {
            slab = findSlab(bin, sizeClass);
            if (slab == null) {
                return -1;
            }
        }
        int start = slab.allocate(holder);
        if (slab.isFull()) {
            bin.remove(slab);
        }
        return slab.firstByte() + start;
    }

    private @Nullable Slab findSlab(SlabBin bin, int sizeClass) {
        drain();
        if (bin.first() != null) {
            return bin.first();
        }
        owners.inheritEnded();
        Slab slab = owners.common == this ? bin.first() : owners.common.giveSlab(this, sizeClass);
        if (slab == null) {
            Slab spare = takeSpareSlab(sizeClass);
            slab = space.openSlab(spare, this, sizeClass);
            if (slab == null && spare != null) {
                bin.keepSpare(spare);
            }
        }
        if (slab != null && bin.first() != slab) {
            bin.add(slab);
        }
        return slab;
    }

    /** Takes an object without a run: one of this owner's, or else a common one. */
    private @Nullable Slab takeSpareSlab(int sizeClass) {
        SlabBin bin = slabBins[sizeClass];
        SlabBin common = owners.common.slabBins[sizeClass];
        if (bin.hasSpare() || !common.hasSpare()) {
            return bin.takeSpare();
        }
        owners.common.lock.lock();
        try {
            Slab spare = common.takeSpare();
            if (spare != null) {
                spare.owner = this;
            }
            return spare;
        } finally {
            owners.common.lock.unlock();
        }
    }

    /** Hands a slab with free slots to another owner. */
    private @Nullable Slab giveSlab(SlabOwner taker, int sizeClass) {
        SlabBin bin = slabBins[sizeClass];
        if (bin.first() == null && queue == null) {
            return null;
        }
        lock.lock();
        try {
            drain();
            releaseParked();
            Slab slab = bin.first();
            if (slab != null) {
                bin.remove(slab);
                slab.owner = taker;
            }
            return slab;
        } finally {
            lock.unlock();
        }
    }

    /** {@return the offset of a packed block, or -1 where there is no room} */
    long allocatePacked(int byteSize, int log2Alignment, Holder holder) {
        int alignment = 1 << Math.max(0, log2Alignment - PackedRun.LOG2_GRANULE_BYTE_SIZE);
        int count = PackedRun.granuleCount(byteSize);
        int kind = Magazines.kindOfPacked(count);
        if (kind >= 0) {
            magazines.prepare(kind);
        }
        long offset = packed.allocate(count, alignment, holder);
        return offset >= 0 || !makeRoom(count + alignment - 1) ? offset : packed.allocate(count, alignment, holder);
    }

    /** {@return whether there is a stretch of so many free granules now} */
    private boolean makeRoom(int length) {
        drain();
        packed.renewFront();
        if (packed.canHold(length)) {
            return true;
        }
        if (parkedByteSize() > packed.byteSize() >> LOG2_PARKED_SHARE) {
            releaseParked();
            if (packed.canHold(length)) {
                return true;
            }
        }
        owners.inheritEnded();
        if (owners.common == this) {
            return packed.canHold(length) || packed.open(this);
        }
        PackedRun run = owners.common.givePackedRun(this, length);
        if (run == null) {
            if (!packed.hasSpare() && owners.common.packed.hasSpare()) {
                owners.common.giveSparePackedRun(this);
            }
            return packed.open(this);
        }
        packed.add(run);
        return true;
    }

    private @Nullable PackedRun givePackedRun(SlabOwner taker, int length) {
        lock.lock();
        try {
            drain();
            releaseParked();
            PackedRun run = packed.give(length);
            if (run != null) {
                run.owner = taker;
            }
            return run;
        } finally {
            lock.unlock();
        }
    }

    private void giveSparePackedRun(SlabOwner taker) {
        lock.lock();
        try {
            PackedRun spare = packed.takeSpare();
            if (spare != null) {
                spare.owner = taker;
                taker.packed.keepSpare(spare);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Frees the block that starts at {@code offset} in one of this owner's runs: parks it where it may soon be asked for
     * again.
     */
    FreeResult free(CutRun run, long offset, Holder holder) {
        int inRun = (int) (offset - run.firstByte());
        if (run instanceof Slab slab) {
            int slot = slab.park(inRun, holder);
            return slot < 0 ? FreeResult.ofCode(slot) : freeParked(slab, slot, slab.sizeClass(), holder);
        }
        PackedRun packedRun = (PackedRun) run;
        int granule = packedRun.park(inRun, holder);
        if (granule < 0) {
            return FreeResult.ofCode(granule);
        }
        int count = packedRun.granuleCountOf(granule);
        int kind = packed.isBesideHole(packedRun, granule, granule + count) ? -1 : Magazines.kindOfPacked(count);
        return freeParked(packedRun, granule, kind, holder);
    }

    private FreeResult freeParked(CutRun run, int position, int kind, Holder holder) {
        boolean mayStay = ++freeStreak <= LONGEST_STREAK && kind >= 0 && run.firstRound >= 0;
        if (quarantine != null && holder == Holder.ADDRESS && mayStay) {
            quarantine(quarantine, run, position);
            return FreeResult.DONE;
        }
        erase(run, position);
        if (!mayStay || !magazines.push(kind, run.firstRound + position)) {
            release(run, position);
        }
        if (freeStreak == LONGEST_STREAK + 1) {
            releaseParked();
        }
        return FreeResult.DONE;
    }

    private void quarantine(Quarantine waiting, CutRun run, int position) {
        while (waiting.isFull()) {
            letOldestGo(waiting);
        }
        waiting.enter(run.firstRound + position, run.usableByteSize(position));
    }

    /** Erases what has waited longest and makes it ready to be used again. */
    private void letOldestGo(Quarantine waiting) {
        int round = waiting.oldest();
        CutRun run = space.cutRuns.at(Magazines.runNumber(round));
        int position = Magazines.position(round);
        waiting.leave(run.usableByteSize(position));
        erase(run, position);
        if (!magazines.push(kindOf(run, position), round)) {
            release(run, position);
        }
    }

    private static int kindOf(CutRun run, int position) {
        return switch (run) {
            case Slab slab -> slab.sizeClass();
            case PackedRun packedRun -> Magazines.kindOfPacked(packedRun.granuleCountOf(position));
        };
    }

    private long parkedByteSize() {
        return magazines.byteSize() + (quarantine == null ? 0 : quarantine.byteSize());
    }

    /** Makes all parked blocks free. */
    void releaseParked() {
        if (quarantine != null) {
            while (!quarantine.isEmpty()) {
                letOldestGo(quarantine);
            }
        }
        for (int kind = 0; kind < Magazines.KIND_COUNT; kind++) {
            for (int round = magazines.pop(kind); round >= 0; round = magazines.pop(kind)) {
                release(space.cutRuns.at(Magazines.runNumber(round)), Magazines.position(round));
            }
        }
    }

    private void erase(CutRun run, int position) {
        if (quarantine != null) {
            space.erase(run.firstByte() + run.startAt(position), run.usableByteSize(position));
        }
    }

    /** Makes the place of a parked or live block free. It has been erased. */
    private void release(CutRun run, int position) {
        if (run instanceof Slab slab) {
            freeSlot(slab, position);
        } else {
            packed.free((PackedRun) run, position);
        }
    }

    private void freeSlot(Slab slab, int slot) {
        SlabBin bin = slabBins[slab.sizeClass()];
        if (slab.isFull()) {
            bin.add(slab);
        }
        slab.free(slot);
        if (slab.isVacant() && !bin.isOnly(slab) && !slab.isQueued()) {
            close(bin, slab);
        }
    }

    private void close(SlabBin bin, Slab slab) {
        bin.remove(slab);
        space.close(slab);
        bin.keepSpare(slab);
    }

    /** Cuts a live packed block down to {@code byteSize} bytes; what lies behind has been erased. */
    void shrinkPacked(PackedRun run, int granule, int byteSize) {
        packed.shrink(run, granule, byteSize);
    }

    /** Puts a run with marks on this owner's list; any thread. */
    void enqueue(CutRun run) {
        CutRun top;
        do {
            top = queue;
            run.nextQueued = top;
        } while (!QUEUE.compareAndSet(this, top, run));
        // The owner may have been inherited in between; then nobody looks here any more.
        SlabOwner successor = heir;
        if (successor != null) {
            passQueueOn(successor);
        }
    }

    private void passQueueOn(SlabOwner successor) {
        CutRun run = (CutRun) QUEUE.getAndSet(this, (CutRun) null);
        while (run != null) {
            CutRun following = run.nextQueued;
            successor.enqueue(run);
            run = following;
        }
    }

    /** Frees every block of this owner's that other threads have freed. */
    void drain() {
        if (queue == null) {
            return;
        }
        CutRun run = (CutRun) QUEUE.getAndSet(this, (CutRun) null);
        while (run != null) {
            CutRun following = run.nextQueued;
            run.nextQueued = null;
            SlabOwner current = run.owner;
            if (current == this) {
                run.leaveQueue();
                drain(run);
            } else {
                current.enqueue(run);
            }
            run = following;
        }
    }

    private void drain(CutRun run) {
        for (int word = 0; word < run.remoteWordCount(); word++) {
            long marks = run.remoteMarks(word);
            for (long left = marks; left != 0; left &= left - 1) {
                int position = (word << 6) + Long.numberOfTrailingZeros(left);
                if (run.pageCount() > 0 && run.isLive(position)) {
                    erase(run, position);
                    release(run, position);
                } else {
                    run.countLateLoser();
                }
            }
            run.clearRemote(word, marks);
        }
    }

    /** Closes the runs that are kept although vacant. */
    void releaseVacant() {
        drain();
        releaseParked();
        for (SlabBin bin : slabBins) {
            Slab slab = bin.first();
            while (slab != null) {
                Slab following = (Slab) slab.next;
                if (slab.isVacant() && !slab.isQueued()) {
                    close(bin, slab);
                }
                slab = following;
            }
        }
        packed.releaseVacant();
    }

    /**
     * Takes over all runs of an owner whose thread has ended. Pre: this owner's lock and the space's lock are held, so
     * that nobody else takes over and no run is opened.
     */
    void inherit(SlabOwner ended) {
        ended.releaseParked();
        ended.packed.settleFront();
        for (int number = 0; number < space.cutRuns.count(); number++) {
            CutRun run = space.cutRuns.get(number);
            if (run != null && run.owner == ended) {
                inherit(run);
            }
        }
        ended.heir = this;
        ended.passQueueOn(this);
    }

    private void inherit(CutRun run) {
        run.next = null;
        run.previous = null;
        run.owner = this;
        boolean open = run.pageCount() > 0;
        switch (run) {
            case Slab slab when !open -> slabBins[slab.sizeClass()].keepSpare(slab);
            case Slab slab when !slab.isFull() -> slabBins[slab.sizeClass()].add(slab);
            case Slab slab -> {
                // Full: it comes back into a bin when one of its blocks is freed.
            }
            case PackedRun packedRun when open -> packed.add(packedRun);
            case PackedRun packedRun -> packed.keepSpare(packedRun);
        }
    }

    /** {@return slabs of this owner with room} Throws where a list is wrong. */
    int checkedSlabCount() {
        return IntStream.range(0, slabBins.length)
                .map(sizeClass -> slabBins[sizeClass].checkedCount(this, sizeClass))
                .sum();
    }

    /** {@return packed runs of this owner} Throws where a list is wrong. */
    int checkedPackedRunCount() {
        return packed.checkedCount(this);
    }

    /** {@return runs with blocks freed from afar that wait for this owner} */
    int queuedRunCount() {
        int count = 0;
        for (CutRun run = queue; run != null; run = run.nextQueued) {
            count++;
        }
        return count;
    }

    long metadataByteSize() {
        return 112 + 40L * slabBins.length + packed.metadataByteSize() + magazines.metadataByteSize()
                + (quarantine == null ? 0 : quarantine.metadataByteSize());
    }
}
