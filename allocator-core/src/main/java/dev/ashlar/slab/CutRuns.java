package dev.ashlar.slab;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;

/** The slabs and packed runs of one owner. Not thread-safe. */
final class CutRuns {
    /** How much free space an owner gives for what others opened: half of it lies in places that are too small. */
    private static final int DEMAND = 2;

    private static final int PACKED_KIND = RunSpace.kindOf(RunWord.PACKED);

    final int ownerId;
    final SlabPool slabs;
    final PackedPool packed;
    final RemoteFrees remote;
    private final RunSpace space;
    private final Lines lines;
    private final OwnerQueues queues;
    /** Of {@link RunSpace#openedCounts}: the runs that this owner opened, and those for which it gave others space. */
    private final int[] settledCounts;

    CutRuns(RunSpace space, OwnerQueues queues, int ownerId) {
        this.space = space;
        this.lines = space.lines;
        this.queues = queues;
        this.ownerId = ownerId;
        this.remote = queues.of(ownerId);
        this.slabs = new SlabPool(lines, remote);
        this.packed = new PackedPool(lines, remote);
        this.settledCounts = space.openedCounts.clone();
    }

    private static int firstPage(long[] region, int line, long offset) {
        return Lines.firstPage(Pages.indexOf(offset), region[line + Lines.RUN]);
    }

    /** Frees the place of a live or parked block, and closes its run if that is vacant. Pre: the block is erased. */
    @SuppressWarnings("NullAway") // the run is open
    void release(long offset) {
        long[] region = lines.atOffset(offset);
        int line = Lines.lineAt(offset);
        long run = region[line + Lines.RUN];
        int firstPage = firstPage(region, line, offset);
        int position = Lines.position(region, line, run, offset);
        if (RunWord.isPacked(run)) {
            packed.free(firstPage, position, BlockBits.endOf(region, position));
        } else {
            slabs.free(firstPage, lines.array(region, line, run), position);
        }
        closeIfVacant(firstPage);
    }

    /** Frees the end of a live packed block. Pre: it is erased. */
    @SuppressWarnings("NullAway") // the run is open
    void shrinkPacked(long offset, int byteSize) {
        long[] region = lines.atOffset(offset);
        int line = Lines.lineAt(offset);
        int position = Lines.position(region, line, region[line + Lines.RUN], offset);
        int end = BlockBits.endOf(region, position);
        int keptEnd = position + PackedRuns.granuleCount(byteSize);
        if (keptEnd < end) {
            packed.free(firstPage(region, line, offset), keptEnd, end);
        }
    }

    /** {@return whether freeing a parked packed block would enlarge a hole} */
    boolean isBesideHole(long[] region, long offset, int position, int end) {
        return packed.packsHoles()
                && packed.isBesideHole(firstPage(region, Lines.lineAt(offset), offset), region, position, end);
    }

    private void closeIfVacant(int firstPage) {
        boolean isClosable = RunWord.isPacked(lines.first(firstPage))
                ? packed.isClosable(firstPage)
                : slabs.isClosable(firstPage);
        if (isClosable) {
            close(firstPage);
        }
    }

    /** Closes a vacant run, unless marks on it wait. Returns whether it is closed. */
    private boolean close(int firstPage) {
        if (remote.isProcessing(firstPage) || !RemoteFrees.end(lines, firstPage)) {
            return false;
        }
        long first = lines.first(firstPage);
        remote.countLateLosers(RunLife.dropMarks(lines, firstPage, first, RemoteFrees.life(lines, firstPage)));
        remove(firstPage, first);
        space.close(firstPage);
        return true;
    }

    private void remove(int firstPage, long first) {
        if (RunWord.isPacked(first)) {
            packed.remove(firstPage);
        } else {
            slabs.remove(firstPage);
        }
    }

    /** Adds an open run of this owner to the lists. */
    private void add(int firstPage) {
        if (RunWord.isPacked(lines.first(firstPage))) {
            packed.add(firstPage);
        } else {
            slabs.add(firstPage);
        }
    }

    /**
     * Ends the use of the blocks that other threads have freed, and erases them. Runs of other owners go to their
     * queues.
     *
     * @param free called with the offset of each block, which is live in its lines before
     */
    void drain(LongConsumer free) {
        for (int run = remote.next(); run >= 0; run = remote.next()) {
            boolean isOwn = RunWord.ownerId(lines.first(run)) == ownerId;
            if (isOwn) {
                freeMarked(run, free);
            } else {
                queues.noteMark(run, RemoteFrees.life(lines, run));
            }
            remote.done();
            if (isOwn) {
                closeIfVacant(run);
            }
        }
    }

    private void freeMarked(int firstPage, LongConsumer free) {
        long first = lines.first(firstPage);
        for (int index = 0; index < Lines.lineCount(first); index++) {
            freeMarked(firstPage, first, index, 0, free);
            freeMarked(firstPage, first, index, Integer.SIZE, free);
        }
    }

    private void freeMarked(int firstPage, long first, int index, int firstBit, LongConsumer free) {
        long[] words = lines.bitsOf(firstPage, first, index);
        int position = lines.positionOf(firstPage, first, index);
        int word = RemoteMarks.wordOf(position + firstBit);
        long marks = words[word] & RemoteMarks.MARKS;
        if (marks == 0) {
            return;
        }
        for (long left = marks; left != 0; left &= left - 1) {
            int bit = firstBit + Long.numberOfTrailingZeros(left);
            if (BlockBits.isLive(words, position + bit)) {
                long offset = Pages.offsetOf(firstPage) + Slots.inRun(first, index, bit);
                space.erase(offset, usableByteSize(first, words, position + bit));
                free.accept(offset);
            } else {
                remote.countLateLosers(1);
            }
        }
        RemoteMarks.clear(words, word, marks);
    }

    /** {@return bytes of the block that starts at a position} */
    static int usableByteSize(long run, long[] words, int position) {
        return RunWord.isPacked(run)
                ? (BlockBits.endOf(words, position) - position) << SizeClasses.LOG2_GRANULE_BYTE_SIZE
                : RunWord.placeByteSize(run);
    }

    /** Closes the vacant runs that were kept. */
    void releaseVacant() {
        for (int sizeClass = 0; sizeClass < SizeClasses.SLOT_CLASS_COUNT; sizeClass++) {
            int slab = slabs.first(sizeClass);
            while (slab >= 0) {
                int following = slabs.next(slab);
                if (RunWord.isVacant(lines.first(slab))) {
                    close(slab);
                }
                slab = following;
            }
        }
        packed.settle();
        int run = packed.choose(PackedRuns.GRANULE_COUNT);
        while (run >= 0 && close(run)) {
            run = packed.choose(PackedRuns.GRANULE_COUNT);
        }
    }

    /** Opens a slab. Returns whether there was room. */
    boolean openSlab(int sizeClass, Temperature temperature) {
        int slab = space.openSlab(sizeClass, ownerId, temperature);
        if (slab >= 0) {
            slabs.add(slab);
            settledCounts[sizeClass]++;
        }
        return slab >= 0;
    }

    /** Opens a packed run. Returns whether there was room. */
    boolean openPackedRun(Temperature temperature) {
        int run = space.openPackedRun(ownerId, temperature);
        if (run >= 0) {
            packed.addFront(run);
            settledCounts[PACKED_KIND]++;
        }
        return run >= 0;
    }

    /** {@return whether other owners have opened runs for which this one gave nothing, and it has some to spare} */
    boolean canShare() {
        for (int kind = 0; kind < settledCounts.length; kind++) {
            if (space.openedCounts[kind] != settledCounts[kind] && surplus(kind) >= 0) {
                return true;
            }
        }
        return false;
    }

    private int surplus(int kind) {
        return kind == PACKED_KIND ? packed.surplus() : slabs.surplus(kind);
    }

    /**
     * Gives runs that this owner can spare to another one: of each kind, {@value #DEMAND} times the space that other
     * owners have opened and for which it gave nothing yet. Pre: no block of this owner is parked.
     */
    void share(CutRuns taker) {
        // Before the runs change hands: a thread that sees the new owner sees that no parked block is live.
        VarHandle.releaseFence();
        for (int kind = 0; kind < settledCounts.length; kind++) {
            double missing = DEMAND * (double) (space.openedCounts[kind] - settledCounts[kind]);
            double given = 0;
            for (int run = surplus(kind); given < missing && run >= 0; run = surplus(kind)) {
                given += RunWord.freeShare(lines.first(run));
                give(run, taker);
            }
            settledCounts[kind] += (int) Math.ceil(given / DEMAND);
        }
    }

    /** Gives a slab with a free slot to another owner. Returns whether there was one. */
    boolean giveSlab(int sizeClass, CutRuns taker) {
        return give(slabs.first(sizeClass), taker);
    }

    /** Gives a packed run with {@code length} free granules in a row to another owner. Returns whether it did. */
    boolean givePackedRun(int length, CutRuns taker) {
        return give(packed.choose(length), taker);
    }

    private boolean give(int run, CutRuns taker) {
        if (run < 0) {
            return false;
        }
        move(run, taker);
        // A thread that marks a block of the run queues it in the other order, so one sees the other.
        VarHandle.fullFence();
        if (RemoteFrees.isQueued(lines, run)) {
            queues.reroute(ownerId);
        }
        return true;
    }

    private void move(int run, CutRuns taker) {
        remove(run, lines.first(run));
        lines.setOwner(run, taker.ownerId);
        taker.add(run);
    }

    /** Gives all runs to another owner. */
    void giveAll(CutRuns heir) {
        for (int sizeClass = 0; sizeClass < SizeClasses.SLOT_CLASS_COUNT; sizeClass++) {
            for (int slab = slabs.first(sizeClass); slab >= 0; slab = slabs.first(sizeClass)) {
                move(slab, heir);
            }
        }
        for (int slab = slabs.firstFull(); slab >= 0; slab = slabs.firstFull()) {
            move(slab, heir);
        }
        packed.settle();
        for (int run = packed.choose(0); run >= 0; run = packed.choose(0)) {
            move(run, heir);
        }
        VarHandle.fullFence();
        queues.reroute(ownerId);
    }

    /**
     * Builds the lists and counts anew, after an Error cut a change short: from the blocks that are live. Parked blocks
     * become free. Pre: the lock of the space is held.
     */
    void rebuild() {
        slabs.forget();
        packed.forget();
        for (int run = lines.nextRun(0); run >= 0;) {
            long first = lines.first(run);
            if (RunWord.ownerId(first) == ownerId) {
                endDrops(run, first);
                if (RunWord.isPacked(first)) {
                    packed.rebuild(run, space);
                } else {
                    slabs.rebuild(run, space);
                }
                add(run);
            }
            run = lines.nextRun(run + RunWord.pageCount(first));
        }
    }

    /** Completes the end of a life that an Error cut short; the run goes on in the next life. */
    private void endDrops(int run, long first) {
        long life = RemoteFrees.life(lines, run);
        int lineCount = Lines.lineCount(first);
        for (int index = 0; index < lineCount; index++) {
            long[] words = lines.bitsOf(run, first, index);
            int marks = RemoteMarks.wordOf(lines.positionOf(run, first, index));
            if (RemoteMarks.life(words[marks]) != life || RemoteMarks.life(words[marks + 1]) != life) {
                remote.countLateLosers(RunLife.dropMarks(lines, run, first, life));
                return;
            }
        }
    }

    long metadataByteSize() {
        return 48 + 16 + 4L * settledCounts.length + slabs.metadataByteSize() + packed.metadataByteSize();
    }
}
