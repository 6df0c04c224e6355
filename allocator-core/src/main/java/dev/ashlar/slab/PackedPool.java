package dev.ashlar.slab;

import dev.ashlar.region.Pages;

/**
 * The packed runs of one owner.
 *
 * <p>There are two ways to place a block. While holes are few, blocks go one after the other into the <i>front</i>, the
 * free stretches of one run: there is no search, and addresses rotate. Once holes make up more than 1/16 of the runs,
 * holes are filled first, in the run whose longest free stretch is the shortest sufficient one; so churn does not
 * spread.
 *
 * <p>A run chosen for a hole takes the following blocks too, as long as they fit: one search serves several blocks, and
 * compilers free in the order in which they allocated.
 *
 * <p>The run of the front and the run whose holes are being filled are in no bin. The front's run is the only vacant
 * one that an owner keeps. Not thread-safe.
 */
final class PackedPool {
    /** A run with a shorter longest free stretch is not worth making the front. */
    private static final int LEAST_FRONT_LENGTH = 64;

    /** Up to this many runs, half a region, holes cost less than the search for them. */
    private static final int RUNS_TOO_FEW_TO_PACK = 16;

    /** The average of free granules per run above which holes are filled first: 1/16 of its 1024. */
    private static final int LOG2_TOLERATED_HOLES_PER_RUN = 6;

    /** The share of granules that are free if there is a surplus. */
    private static final int LOG2_SURPLUS_SHARE = 5;

    private final RemoteFrees remote;
    private final PackedRuns packed;
    final PackedBins bins;
    /** The run to fill while holes are few. */
    final Filling front;
    /** The run to fill if holes are many, or if the front has no sufficient stretch. */
    final Filling hole;

    private int runCount;
    /** Free granules of all runs except the front's. */
    long holeCount;

    PackedPool(Lines lines, RemoteFrees remote) {
        this.remote = remote;
        this.packed = new PackedRuns(lines);
        this.bins = new PackedBins(packed);
        this.front = new Filling(packed);
        this.hole = new Filling(packed);
    }

    /**
     * Takes granules from the front, or from a hole if holes are many.
     *
     * @return the offset of the block, or -1 if there is no room
     */
    long allocate(int count, int alignment, Holder holder) {
        if (holesAbound()) {
            long offset = allocateFromHole(count, alignment, holder);
            return offset >= 0 ? offset : front.take(count, alignment, remote, holder);
        }
        long offset = front.take(count, alignment, remote, holder);
        return offset >= 0 ? offset : allocateFromHole(count, alignment, holder);
    }

    private boolean holesAbound() {
        return holeCount > (long) runCount << LOG2_TOLERATED_HOLES_PER_RUN;
    }

    private long allocateFromHole(int count, int alignment, Holder holder) {
        long offset = hole.take(count, alignment, remote, holder);
        if (offset < 0) {
            settle(hole);
            int run = bins.choose(count + alignment - 1);
            if (run < 0) {
                return -1;
            }
            bins.remove(run, packed.longestFree(run));
            hole.begin(run);
            offset = hole.take(count, alignment, remote, holder);
            assert offset >= 0 : "packed run at page " + run + " was chosen and has no room for " + count;
        }
        holeCount -= count;
        return offset;
    }

    private void settle(Filling filling) {
        int run = filling.settle();
        if (run >= 0) {
            bins.add(run);
        }
    }

    /** Puts the front's run back and makes another run the front, if one is worth it and holes are few. */
    void renewFront() {
        settle();
        int run = bins.choose(LEAST_FRONT_LENGTH);
        if (run >= 0 && !holesAbound()) {
            startFront(run);
        }
    }

    /** Puts the runs that are being filled back into the bins. */
    void settle() {
        settle(hole);
        int run = front.firstPage();
        if (run >= 0) {
            holeCount += packed.freeCount(run);
            settle(front);
        }
    }

    /** Forgets all runs, after an Error cut a change short; {@link #add} adds them again. */
    void forget() {
        bins.clear();
        front.forget();
        hole.forget();
        runCount = 0;
        holeCount = 0;
    }

    private void startFront(int run) {
        bins.remove(run, packed.longestFree(run));
        holeCount -= packed.freeCount(run);
        front.begin(run);
    }

    /** {@return whether some run, or the front, has a stretch of at least {@code length} granules} */
    boolean canHold(int length) {
        return front.canHold(length) || hole.canHold(length) || bins.choose(length) >= 0;
    }

    /** Adds a run that was just opened, and makes it the front. */
    void addFront(int run) {
        settle();
        add(run);
        startFront(run);
    }

    /** Adds a run that is new or was another owner's. */
    void add(int run) {
        bins.add(run);
        runCount++;
        holeCount += packed.freeCount(run);
    }

    /** Removes a run that is in a bin. */
    void remove(int run) {
        bins.remove(run, packed.longestFree(run));
        runCount--;
        holeCount -= packed.freeCount(run);
    }

    /** {@return a run in a bin that can hold {@code length} granules, or {@link RunLists#NONE}} */
    int choose(int length) {
        settle(hole);
        return bins.choose(length);
    }

    /**
     * {@return a run that another owner may need more than this one: the one with the longest free stretch, if a 32nd
     * of it is free, and of all runs; else {@link RunLists#NONE}}
     */
    int surplus() {
        settle(hole);
        boolean hasHoles = holeCount << LOG2_SURPLUS_SHARE > (long) runCount * PackedRuns.GRANULE_COUNT;
        int run = hasHoles ? bins.longest() : RunLists.NONE;
        return run >= 0 && packed.freeCount(run) << LOG2_SURPLUS_SHARE >= PackedRuns.GRANULE_COUNT
                ? run
                : RunLists.NONE;
    }

    /** {@return whether there are enough runs to fill holes} */
    boolean packsHoles() {
        return runCount > RUNS_TOO_FEW_TO_PACK;
    }

    /** {@return whether a block has a hole on either side; a stretch that is being filled is not a hole} */
    boolean isBesideHole(int run, long[] words, int first, int end) {
        int firstOfRun = Lines.positionOf(run);
        boolean isFreeBefore = first > firstOfRun && BlockBits.isFree(words, first - 1);
        boolean isFreeBehind = end < firstOfRun + PackedRuns.GRANULE_COUNT
                && BlockBits.isFree(words, end)
                && !front.isAt(run, end)
                && !hole.isAt(run, end);
        return isFreeBefore || isFreeBehind;
    }

    /** Frees granules of a block, up to its end. Pre: it is live or parked, and they are erased. */
    void free(int run, int from, int end) {
        if (front.isIn(run)) {
            front.disturb();
            packed.free(run, from, end);
            return;
        }
        int longestBefore = packed.longestFree(run);
        packed.free(run, from, end);
        holeCount += end - from;
        if (hole.isIn(run)) {
            hole.disturb();
        } else if (packed.longestFree(run) != longestBefore) {
            bins.remove(run, longestBefore);
            bins.add(run);
        }
    }

    /** {@return whether all of a run is free and it need not stay; then it is in a bin} */
    boolean isClosable(int run) {
        if (front.isIn(run) || packed.freeCount(run) < PackedRuns.GRANULE_COUNT) {
            return false;
        }
        if (hole.isIn(run)) {
            settle(hole);
        }
        return true;
    }

    /** {@return the runs of this pool, including the front's, after checking the lists, counts and owner} */
    int checkedCount(int ownerId) {
        settle();
        int[] runs = bins.checked();
        long holes = 0;
        for (int run : runs) {
            packed.check(run);
            int actual = RunWord.ownerId(packed.lines.first(run));
            if (actual != ownerId) {
                throw new IllegalStateException(
                        "packed run at page " + run + " of owner " + actual + " is in a pool of owner " + ownerId);
            }
            holes += packed.freeCount(run);
        }
        if (runs.length != runCount || holes != holeCount) {
            throw new IllegalStateException("packed pool: counted=" + runs.length + " kept=" + runCount
                    + "; holes counted=" + holes + " kept=" + holeCount);
        }
        return runs.length;
    }

    /** Frees parked blocks of a run, and counts anew what is free, after an Error cut a change short. */
    void rebuild(int run, RunSpace space) {
        packed.rebuild(run, space);
    }

    /** {@return bytes of its runs} */
    long byteSize() {
        return Pages.offsetOf(runCount * PackedRuns.PAGE_COUNT);
    }

    long metadataByteSize() {
        return 64 + 16 + bins.metadataByteSize() + front.metadataByteSize() + hole.metadataByteSize();
    }
}
