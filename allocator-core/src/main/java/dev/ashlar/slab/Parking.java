package dev.ashlar.slab;

import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Holds one owner's freed blocks before their places become free for other uses: they are ready for an allocation of
 * the same size, which needs no search.
 *
 * <p>It remembers the block that was handed out or freed last. While that block is live, the next call on it needs no
 * lookup; once it is freed, it waits without a change to its run, so that a caller who allocates and frees in turn
 * touches only this object. Later it moves into the {@link Magazines}. Code that is held by address waits in {@link
 * Quarantine} first, and is erased when it leaves; code that an object holds is erased at once, so that a handle bound
 * from it traps at its next call.
 *
 * <p>After many frees without an allocation the caller seems to be clearing up, and parking stops until the next
 * allocation, because parked blocks keep runs and regions from being given back. A packed block next to a hole is not
 * parked, because freeing it makes a larger hole: without this rule random replacement needs 2 % more pages.
 *
 * <p>Only the owner writes here; other threads call {@link #isLastFreed}, and see the last free of the thread from
 * which they got the address.
 */
final class Parking extends Apart {
    private static final int LONGEST_STREAK = 64;
    static final int NONE = -1;

    /** The id of the only thread that may use this; {@link OwnerThread#ANY} if any may, under the owner's lock. */
    final long threadId;

    final SlabOwner owner;
    private final RunSpace space;
    private final int[] stacks = Magazines.empty();
    /** Null if contents need no erasing. */
    final @Nullable Quarantine quarantine;

    /** Frees since the last allocation. */
    private int freeStreak;

    /**
     * The block that was handed out or freed last, or {@link #NONE}. Who sets the owner's {@code cutShort} sets it to
     * NONE, so that the quickest paths need not look.
     */
    long lastOffset = NONE;

    /** The kind and holder of that block. */
    private int lastKey = NONE;

    /**
     * The same block from its free until it is parked or handed out; {@link #NONE} otherwise. Other threads read only
     * this field, because two fields would not be consistent.
     */
    private long freedOffset = NONE;

    /** Its round in the magazines; not a reference, because storing one costs a collector's barrier. */
    private int lastRound;

    Parking(RunSpace space, SlabOwner owner) {
        this.space = space;
        this.owner = owner;
        this.threadId = owner.thread.id;
        this.quarantine = space.erases() ? new Quarantine() : null;
    }

    private static int keyOf(int kind, Holder holder) {
        return holder == Holder.OBJECT ? kind << 1 | 1 : kind << 1;
    }

    /** {@return the offset of a parked block of this kind, live again, or -1 if there is none} */
    long reuse(int kind, Holder holder) {
        freeStreak = 0;
        // A waiting mark may be on this block; parking the block finds it.
        long freed = freedOffset;
        if (freed != NONE && lastKey == keyOf(kind, holder) && owner.hasNoMarks()) {
            freedOffset = NONE;
            return freed;
        }
        int round = Magazines.pop(stacks, kind);
        return round < 0 ? -1 : unpark(kind, round, holder);
    }

    private long unpark(int kind, int round, Holder holder) {
        if (owner.cutShort) {
            // The rebuild finds the block in its run.
            return NONE;
        }
        try {
            if (freedOffset != NONE) {
                parkLast();
            }
            CutRun run = runOf(round);
            int position = Magazines.position(round);
            long offset = run.firstByte() + run.startAt(position);
            remember(round, kind, holder, offset);
            // Last: from here on the block is live.
            run.unpark(position, holder);
            return offset;
        } catch (Throwable e) {
            owner.cutShort = true;
            lastOffset = NONE;
            throw e;
        }
    }

    /**
     * Remembers a newly placed block.
     *
     * @return its offset
     */
    long noteHandedOut(CutRun run, int position, int byteSize, Holder holder) {
        int kind = Magazines.kindOf(run, byteSize);
        if (freedOffset != NONE) {
            parkLast();
        }
        freeStreak = 0;
        long offset = run.firstByte() + run.startAt(position);
        if (kind >= 0 && run.firstRound >= 0) {
            remember(run.firstRound + position, kind, holder, offset);
        }
        return offset;
    }

    private void remember(int round, int kind, Holder holder, long offset) {
        lastRound = round;
        lastKey = keyOf(kind, holder);
        lastOffset = offset;
    }

    /** {@return the bytes of the block at {@code offset} if it is live and was handed out last, else -1} */
    int lastByteSize(long offset, Holder holder) {
        return isLastLive(offset, holder) ? Magazines.byteSizeOf(lastKey >> 1) : NONE;
    }

    private boolean isLastLive(long offset, Holder holder) {
        // If marks wait, another thread may have freed it.
        return offset == lastOffset && freedOffset == NONE && (lastKey & 1) == keyOf(0, holder) && owner.hasNoMarks();
    }

    /**
     * Frees the block at {@code offset} if it is live and was handed out last.
     *
     * @return whether it was
     */
    boolean freeLast(long offset, Holder holder) {
        if (!isLastLive(offset, holder)) {
            return false;
        }
        if (quarantine == null) {
            freedOffset = offset;
            return true;
        }
        int kind = lastKey >> 1;
        lastOffset = NONE;
        if (holder == Holder.ADDRESS && freeStreak < LONGEST_STREAK) {
            freeStreak++;
            enter(quarantine, lastRound, kind, offset);
        } else {
            free(runOf(lastRound), Magazines.position(lastRound), Magazines.byteSizeOf(kind), kind, offset, holder);
        }
        return true;
    }

    /** Frees the block that starts at {@code offset} in one of the owner's runs. */
    FreeResult free(CutRun run, long offset, Holder holder) {
        if (isLastFreed(offset)) {
            return FreeResult.NOT_LIVE;
        }
        int inRun = (int) (offset - run.firstByte());
        int position = run.find(inRun, holder);
        if (position < 0) {
            return refusal(run, inRun, position);
        }
        int byteSize = run.usableByteSize(position);
        int kind = run.firstRound < 0 ? NONE : Magazines.kindOf(run, byteSize);
        free(run, position, byteSize, kind, offset, holder);
        return FreeResult.DONE;
    }

    /** The block that was freed last is still live in its run's books. */
    private FreeResult refusal(CutRun run, int inRun, int code) {
        int position = run.positionOf(inRun);
        boolean isFree = position < 0 || isLastFreed(run.firstByte() + run.startAt(position));
        return isFree ? FreeResult.NOT_LIVE : FreeResult.ofCode(code);
    }

    /**
     * Frees a live block.
     *
     * @param kind its kind, or {@link #NONE} if it cannot be parked
     */
    private void free(CutRun run, int position, int byteSize, int kind, long offset, Holder holder) {
        try {
            if (quarantine != null && holder == Holder.ADDRESS) {
                freeCode(quarantine, run, position, byteSize, kind, offset);
                return;
            }
            if (quarantine != null) {
                space.erase(offset, byteSize);
            }
            parkLast();
            if (kind < 0 || freeStreak > LONGEST_STREAK) {
                owner.release(run, position, byteSize);
                return;
            }
            remember(run.firstRound + position, kind, holder, offset);
            freedOffset = offset;
        } catch (Throwable e) {
            owner.cutShort = true;
            lastOffset = NONE;
            // Without calls, which could overflow the stack again: is the block live?
            int mark = position >> run.log2PositionsPerMark;
            int firstParkedWord =
                    (run.positionCount + CutRun.POSITIONS_PER_WORD - 1) >> CutRun.LOG2_POSITIONS_PER_WORD;
            long parked = run.books[firstParkedWord + (mark >> 6)] >>> mark & 1;
            long start = run.books[position >> CutRun.LOG2_POSITIONS_PER_WORD] >>> position & 1;
            boolean isLive = start > parked && freedOffset != offset;
            if (isLive || !(e instanceof VirtualMachineError)) {
                throw e;
            }
            // It is free. The owner rebuilds the rest before its next change.
        }
    }

    private void freeCode(Quarantine waiting, CutRun run, int position, int byteSize, int kind, long offset) {
        if (kind < 0 || isClearingUp()) {
            space.erase(offset, byteSize);
            owner.release(run, position, byteSize);
            return;
        }
        enter(waiting, run.firstRound + position, kind, offset);
    }

    private void enter(Quarantine waiting, int round, int kind, long offset) {
        CutRun run = runOf(round);
        int position = Magazines.position(round);
        try {
            while (waiting.isFull()) {
                letOldestGo(waiting);
            }
            run.park(position);
            waiting.enter(offset, round, kind);
        } catch (Throwable e) {
            owner.cutShort = true;
            lastOffset = NONE;
            // As in free: is the block parked?
            int mark = position >> run.log2PositionsPerMark;
            int firstParkedWord =
                    (run.positionCount + CutRun.POSITIONS_PER_WORD - 1) >> CutRun.LOG2_POSITIONS_PER_WORD;
            boolean isParked = (run.books[firstParkedWord + (mark >> 6)] >>> mark & 1) != 0;
            if (!isParked || !(e instanceof VirtualMachineError)) {
                throw e;
            }
        }
    }

    /**
     * Counts a free.
     *
     * @return whether parking is stopped now
     */
    private boolean isClearingUp() {
        if (++freeStreak == LONGEST_STREAK + 1) {
            releaseAll();
        }
        return freeStreak > LONGEST_STREAK;
    }

    /**
     * Parks the block that was freed last with others of its kind, if it is still free. Afterwards no block counts as
     * handed out last.
     */
    void parkLast() {
        if (freedOffset == NONE) {
            lastOffset = NONE;
            return;
        }
        int round = lastRound;
        int kind = lastKey >> 1;
        try {
            runOf(round).park(Magazines.position(round));
            lastOffset = NONE;
            lastKey = NONE;
            // In this order, so that a thread that reads the two in the other order sees the block as free in one of
            // them.
            VarHandle.storeStoreFence();
            freedOffset = NONE;
            if (isClearingUp()) {
                release(round, kind);
            } else {
                store(round, kind);
            }
        } catch (Throwable e) {
            owner.cutShort = true;
            lastOffset = NONE;
            throw e;
        }
    }

    /**
     * Forgets all blocks, after an Error cut a change short. They stay parked in their runs.
     */
    void forget() {
        if (freedOffset != NONE) {
            CutRun run = runOf(lastRound);
            int position = Magazines.position(lastRound);
            if (!run.isParked(position)) {
                run.park(position);
            }
            freedOffset = NONE;
        }
        lastOffset = NONE;
        lastKey = NONE;
        Magazines.clear(stacks);
        if (quarantine != null) {
            quarantine.clear();
        }
    }

    private void store(int round, int kind) {
        if (isBesideHole(round, kind) || !Magazines.push(stacks, kind, round)) {
            release(round, kind);
        }
    }

    private void release(int round, int kind) {
        owner.release(runOf(round), Magazines.position(round), Magazines.byteSizeOf(kind));
    }

    private boolean isBesideHole(int round, int kind) {
        return owner.packsHoles()
                && owner.isBesideHole(runOf(round), Magazines.position(round), Magazines.byteSizeOf(kind));
    }

    private CutRun runOf(int round) {
        return space.cutRuns.at(Magazines.runNumber(round));
    }

    /** Erases the block that has waited longest and makes it available again. */
    private void letOldestGo(Quarantine waiting) {
        long name = waiting.oldestName();
        int kind = Quarantine.kindOf(name);
        int byteSize = Magazines.byteSizeOf(kind);
        space.erase(waiting.oldestOffset(), byteSize);
        waiting.leave(byteSize);
        store(Quarantine.roundOf(name), kind);
    }

    /** Frees the places of all parked blocks. */
    void releaseAll() {
        parkLast();
        while (quarantine != null && !quarantine.isEmpty()) {
            letOldestGo(quarantine);
        }
        for (int kind = 0; kind < Magazines.KIND_COUNT; kind++) {
            for (int round = Magazines.pop(stacks, kind); round >= 0; round = Magazines.pop(stacks, kind)) {
                release(round, kind);
            }
        }
    }

    /** {@return whether the block at {@code offset}, live in its run's books, was freed last} */
    boolean isLastFreed(long offset) {
        return offset == freedOffset;
    }

    /** {@return the position of the block that was freed last if it lies in {@code run}, or -1} */
    int lastFreedPosition(CutRun run) {
        // One read, because figures are read while the owner works.
        int round = lastRound;
        return freedOffset != NONE && Magazines.runNumber(round) == run.number ? Magazines.position(round) : -1;
    }

    /** {@return parked bytes, without the block that was freed last} */
    long byteSize() {
        return Magazines.byteSize(stacks) + (quarantine == null ? 0 : quarantine.byteSize());
    }

    long metadataByteSize() {
        return 128 + 64 + Magazines.metadataByteSize(stacks) + (quarantine == null ? 0 : quarantine.metadataByteSize());
    }
}
