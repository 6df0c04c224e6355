package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Holds one owner's freed blocks before their places become free for other uses: they are ready for an allocation of
 * the same size, which needs no search.
 *
 * <p>A free sets the parked bit of the block and puts its offset into the {@link Magazines}. Code that is held by
 * address waits in {@link Quarantine} first, and is erased when it leaves; code that an object holds is erased at once,
 * so that a handle bound from it traps at its next call.
 *
 * <p>The block that was handed out last is remembered: while it is live, the next call on it needs no lookup. If its
 * contents need no erasing, its free changes nothing but this object, so that a caller who allocates and frees in turn
 * touches no lines.
 *
 * <p>After many frees without an allocation the caller seems to be clearing up, and parking stops until the next
 * allocation, because parked blocks keep runs and regions from being given back. A packed block next to a hole is not
 * parked, because freeing it makes a larger hole: without this rule random replacement needs 2 % more pages.
 *
 * <p>Only the owner reads and writes here. Other threads read {@link LastFreed}, and see the last free of the thread
 * from which they got the address.
 */
final class Parking extends Apart {
    private static final int LONGEST_STREAK = 64;
    private static final long LARGEST_RUN_BYTE_SIZE = Pages.offsetOf(LargeRuns.LARGEST_PARKED_PAGE_COUNT);
    static final long NONE = -1;

    /** The id of the only thread that may use this; {@link OwnerThread#ANY} if any may, under the owner's lock. */
    final long threadId;

    final int ownerId;
    private final long ownerBits;
    private final RunSpace space;
    private final Lines lines;
    private final CutRuns runs;
    private final RemoteFrees remote;
    final long[] stacks = Magazines.empty();
    /** Null if contents need no erasing. */
    final @Nullable Quarantine quarantine;

    /** Whether an Error cut a change of this owner short, so that the owner must rebuild its lists first. */
    boolean cutShort;

    /** Frees since the last allocation. */
    int freeStreak;

    /**
     * The block that was handed out last, or {@link #NONE}. Who sets {@link #cutShort} sets it to NONE, so that the
     * quickest paths need not look.
     */
    long lastOffset = NONE;

    /** The size class and holder of that block. */
    int lastKey;

    /** The same block from its free until it is parked or handed out. Other threads read only this. */
    private final LastFreed lastFreed;

    /** The block of whole pages that was freed last. */
    final KeptRun run;

    Parking(RunSpace space, CutRuns runs, OwnerThread thread, LastFreed lastFreed) {
        this.space = space;
        this.lines = space.lines;
        this.runs = runs;
        this.remote = runs.remote;
        this.lastFreed = lastFreed;
        this.ownerId = runs.ownerId;
        this.ownerBits = RunWord.ownerBits(runs.ownerId);
        this.threadId = thread.id;
        this.run = new KeptRun(space, runs.ownerId);
        this.quarantine = space.erases() ? new Quarantine() : null;
    }

    /** {@return whether a run belongs to this owner} */
    boolean owns(long run) {
        return (run & RunWord.OWNER) == ownerBits;
    }

    /** {@return what identifies the size and holder of a block} */
    static int keyOf(int sizeClass, Holder holder) {
        return holder == Holder.OBJECT ? (sizeClass << 1) | 1 : sizeClass << 1;
    }

    /** {@return the offset of a parked block of a size class, live again, or {@link #NONE} if there is none} */
    long reuse(int sizeClass, Holder holder) {
        freeStreak = 0;
        int key = keyOf(sizeClass, holder);
        long freed = lastFreed.offset;
        if (freed != NONE) {
            // A waiting mark may be on this block; parking the block finds it.
            if (lastKey == key && remote.isEmpty()) {
                lastFreed.offset = NONE;
                return freed;
            }
            if (cutShort) {
                return NONE;
            }
            parkLast();
        }
        if (sizeClass >= Magazines.CLASS_COUNT) {
            return NONE;
        }
        int stack = Magazines.stackOf(sizeClass);
        int height = (int) stacks[stack];
        return height == 0 || cutShort ? NONE : unpark(stack, height, key, holder);
    }

    private long unpark(int stack, int height, int key, Holder holder) {
        long offset = stacks[stack + height];
        int sizeClass = key >> 1;
        long[] words = lines.bitsAt(offset, sizeClass);
        int position = lines.positionAt(offset, sizeClass);
        remote.dropLate(words, position);
        int slab = (sizeClass - SizeClasses.SLOT_CLASS_COUNT) >> 31;
        int heldWord = BlockBits.heldWordOf(position, slab);
        long heldBit = BlockBits.bit(BlockBits.heldPosition(position, slab));
        long held = holder == Holder.OBJECT ? words[heldWord] | heldBit : words[heldWord] & ~heldBit;
        int parkedWord = BlockBits.parkedWordOf(position);
        // No call from here on: an Error would lose the block. Last: it is live.
        lastOffset = offset;
        lastKey = key;
        stacks[stack] = height - 1L;
        words[heldWord] = held;
        words[parkedWord] &= ~(1L << position);
        return offset;
    }

    /** {@return the bytes of the block at {@code offset} if it is live and was handed out last, else -1} */
    int lastByteSize(long offset, Holder holder) {
        return isLastLive(offset, holder) ? SizeClasses.byteSize(lastKey >> 1) : -1;
    }

    private boolean isLastLive(long offset, Holder holder) {
        // If marks wait, another thread may have freed it.
        return offset == lastOffset && lastFreed.offset == NONE && (lastKey & 1) == keyOf(0, holder)
                && remote.isEmpty();
    }

    /**
     * Frees the block at {@code offset} if it is live and was handed out last.
     *
     * @return whether it was
     */
    boolean freeLast(long offset, Holder holder) {
        if (offset != lastOffset || !isLastLive(offset, holder)) {
            return false;
        }
        if (quarantine != null) {
            int sizeClass = lastKey >> 1;
            if (Quarantine.takes(sizeClass, holder)) {
                return freeStreak < LONGEST_STREAK && enterLast(quarantine, offset, sizeClass);
            }
            space.erase(offset, SizeClasses.byteSize(sizeClass));
        }
        lastFreed.offset = offset;
        return true;
    }

    private boolean enterLast(Quarantine waiting, long offset, int sizeClass) {
        freeStreak++;
        try {
            enter(waiting, lines.bitsAt(offset, sizeClass), lines.positionAt(offset, sizeClass), offset, sizeClass);
        } catch (Throwable e) {
            // The block is live.
            cutShort = true;
            lastOffset = NONE;
            throw e;
        }
        return true;
    }

    /**
     * Frees the block that starts at {@code offset} in one of the owner's runs.
     *
     * @param region the lines of its region
     * @param line the line of its page
     * @param run the word of its run
     * @return whether it was live and held this way
     */
    @SuppressWarnings("NullAway") // the run is open
    boolean free(long[] region, int line, long run, long offset, Holder holder) {
        long[] words = region;
        int position = Lines.granuleOf(offset);
        if (FineLines.has(run)) {
            words = lines.array(region, line, run);
            position = Lines.position(region, line, run, offset);
        }
        if (!BlockBits.isFreeable(run, words, position, holder)
                || RunWord.inPlace(run, offset) != 0
                || offset == lastFreed.offset) {
            return false;
        }
        try {
            free(run, words, position, offset, holder);
        } catch (Throwable e) {
            cutShort = true;
            lastOffset = NONE;
            // Without a call, which could overflow the stack again: is the block live?
            long start = words[(position >>> 6) << 3] >>> position;
            long parked = words[((position >>> 6) << 3) + Lines.PARKED] >>> position;
            if ((start & ~parked & 1) != 0 || !(e instanceof VirtualMachineError)) {
                throw e;
            }
            // It is free. The owner rebuilds the rest before its next change.
        }
        return true;
    }

    private void free(long run, long[] words, int position, long offset, Holder holder) {
        // All ones for a slab, 0 for a packed run: the processor cannot predict which it is.
        int slab = RunWord.slab(run);
        int end = BlockBits.endOf(words, position);
        int sizeClass = (slab & RunWord.sizeClass(run)) | (~slab & SizeClasses.ofGranules(end - position));
        boolean hasClass = (~slab & (sizeClass - SizeClasses.SLOT_CLASS_COUNT)) >= 0;
        boolean isParkable = !isClearingUp() && hasClass;
        if (quarantine != null) {
            if (isParkable && Quarantine.takes(sizeClass, holder)) {
                enter(quarantine, words, position, offset, sizeClass);
                return;
            }
            space.erase(offset, CutRuns.usableByteSize(run, words, position));
        }
        lastOffset = lastOffset == offset ? NONE : lastOffset;
        boolean isAlone = (~slab & BlockBits.freeBeside(words, position, end)) != 0;
        if (isParkable && !(isAlone && runs.isBesideHole(words, offset, position, end))) {
            int stack = Magazines.stackOf(sizeClass);
            int depth = Magazines.depth(sizeClass);
            int height = depth == 0 ? 0 : (int) stacks[stack];
            if (height < depth) {
                int parkedWord = BlockBits.parkedWordOf(position);
                // No call from here on: an Error would lose the block. First: it is not live.
                words[parkedWord] |= 1L << position;
                stacks[stack + height + 1] = offset;
                stacks[stack] = height + 1L;
                return;
            }
        }
        runs.release(offset);
    }

    private void enter(Quarantine waiting, long[] words, int position, long offset, int sizeClass) {
        while (waiting.isFull()) {
            letOldestGo(waiting);
        }
        int parkedWord = BlockBits.parkedWordOf(position);
        waiting.enter(offset, sizeClass);
        // No call from here on: an Error would leave a live block in quarantine.
        words[parkedWord] |= 1L << position;
        lastOffset = lastOffset == offset ? NONE : lastOffset;
    }

    /** Erases the block that has waited longest and makes it available again. */
    private void letOldestGo(Quarantine waiting) {
        long offset = waiting.oldestOffset();
        int sizeClass = waiting.oldestSizeClass();
        space.erase(offset, SizeClasses.byteSize(sizeClass));
        waiting.leave();
        store(offset, sizeClass);
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
     * Parks the block that was freed last with others of its size, if it is still free. Afterwards no block counts as
     * handed out last.
     */
    void parkLast() {
        lastOffset = NONE;
        long freed = lastFreed.offset;
        if (freed == NONE) {
            return;
        }
        try {
            setParked(freed, lastKey >> 1);
            // In this order, so that a thread that reads the two in the other order sees the block as free in one of
            // them.
            VarHandle.storeStoreFence();
            lastFreed.offset = NONE;
            if (isClearingUp()) {
                runs.release(freed);
            } else {
                store(freed, lastKey >> 1);
            }
        } catch (Throwable e) {
            cutShort = true;
            throw e;
        }
    }

    /** Parks a block that another thread has freed. Pre: it is live in its lines, and erased. */
    void park(long offset) {
        long[] region = lines.of(Pages.indexOf(offset));
        int line = Lines.lineAt(offset);
        long run = region[line + Lines.RUN];
        int position = Lines.granuleOf(offset);
        int sizeClass = RunWord.isPacked(run)
                ? SizeClasses.ofGranules(BlockBits.endOf(region, position) - position)
                : RunWord.sizeClass(run);
        if (RunWord.isPacked(run) && SizeClasses.isSlot(sizeClass)) {
            runs.release(offset);
        } else {
            setParked(offset, sizeClass);
            store(offset, sizeClass);
        }
    }

    private void setParked(long offset, int sizeClass) {
        int position = lines.positionAt(offset, sizeClass);
        lines.bitsAt(offset, sizeClass)[BlockBits.parkedWordOf(position)] |= BlockBits.bit(position);
    }

    /** Puts a parked block into its magazine, or frees its place. */
    private void store(long offset, int sizeClass) {
        int depth = Magazines.depth(sizeClass);
        int stack = Magazines.stackOf(sizeClass);
        int height = depth == 0 ? 0 : (int) stacks[stack];
        if (height < depth && (SizeClasses.isSlot(sizeClass) || !isBesideHole(offset, sizeClass))) {
            stacks[stack + height + 1] = offset;
            stacks[stack] = height + 1L;
        } else {
            runs.release(offset);
        }
    }

    @SuppressWarnings("NullAway") // the block's run is open
    private boolean isBesideHole(long offset, int sizeClass) {
        int position = Lines.granuleOf(offset);
        int end = position + (SizeClasses.byteSize(sizeClass) >> SizeClasses.LOG2_GRANULE_BYTE_SIZE);
        return runs.isBesideHole(lines.atOffset(offset), offset, position, end);
    }

    /** Frees the places of all parked blocks. If an Error comes, the caller must set {@link #cutShort}. */
    void releaseAll() {
        parkLast();
        while (quarantine != null && !quarantine.isEmpty()) {
            letOldestGo(quarantine);
        }
        for (int sizeClass = 0; sizeClass < Magazines.CLASS_COUNT; sizeClass++) {
            long offset = Magazines.pop(stacks, sizeClass);
            while (offset != NONE) {
                runs.release(offset);
                offset = Magazines.pop(stacks, sizeClass);
            }
        }
        run.release();
    }

    /** Forgets all blocks but the one of whole pages, after an Error cut a change short. They stay parked. */
    void forget() {
        if (lastFreed.offset != NONE) {
            setParked(lastFreed.offset, lastKey >> 1);
            lastFreed.offset = NONE;
        }
        lastOffset = NONE;
        Magazines.clear(stacks);
        if (quarantine != null) {
            quarantine.clear();
        }
    }

    /** {@return the offset of the block of whole pages that was freed last, live again, if it has this size; or -1} */
    long reuseRun(long byteSize, Holder holder) {
        freeStreak = 0;
        boolean mayBeKept = Long.compareUnsigned(byteSize - 1, LARGEST_RUN_BYTE_SIZE) < 0;
        return mayBeKept ? run.reuse(Pages.countFor(byteSize), holder) : NONE;
    }

    /**
     * Frees a block of whole pages: keeps it for the next allocation of its size.
     *
     * @return whether it was live, held this way, and is kept now
     */
    boolean freeRun(long offset, Holder holder) {
        try {
            // A wrong free does not count.
            return run.isFreeable(offset, holder) && !isClearingUp() && run.keep(offset, holder);
        } catch (Throwable e) {
            cutShort = true;
            lastOffset = NONE;
            throw e;
        }
    }

    /** {@return bytes of the block in {@link LastFreed}} */
    int lastFreedByteSize() {
        return SizeClasses.byteSize(lastKey >> 1);
    }

    /** {@return parked bytes in magazines and in quarantine} */
    long byteSize() {
        return Magazines.byteSize(stacks) + (quarantine == null ? 0 : quarantine.byteSize());
    }

    long metadataByteSize() {
        return 128 + 120 + Magazines.metadataByteSize(stacks)
                + (quarantine == null ? 0 : quarantine.metadataByteSize());
    }
}
