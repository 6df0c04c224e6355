package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    private final RunSpace space;
    PackedBins bins = new PackedBins();
    /** The run to fill while holes are few. */
    final Filling front = new Filling();
    /** The run to fill if holes are many, or if the front has no sufficient stretch. */
    final Filling hole = new Filling();

    int runCount;
    /** Free granules of all runs except the front's. */
    long holeCount;
    /** The run of the block placed last. */
    private @Nullable PackedRun placedIn;

    PackedPool(RunSpace space) {
        this.space = space;
    }

    /**
     * Takes granules from the front, or from a hole if holes are many.
     *
     * @return the block's first granule in the run of {@link #placedIn}, or -1 if there is no room
     */
    int allocate(int count, int alignment, Holder holder) {
        if (holesAbound()) {
            int first = allocateFromHole(count, alignment, holder);
            return first >= 0 ? first : allocateFromFront(count, alignment, holder);
        }
        int first = allocateFromFront(count, alignment, holder);
        return first >= 0 ? first : allocateFromHole(count, alignment, holder);
    }

    /** {@return the run of the block placed last; pre: there was one} */
    @SuppressWarnings("NullAway")
    PackedRun placedIn() {
        return placedIn;
    }

    private boolean holesAbound() {
        return holeCount > (long) runCount << LOG2_TOLERATED_HOLES_PER_RUN;
    }

    private int allocateFromFront(int count, int alignment, Holder holder) {
        placedIn = front.run();
        return front.take(count, alignment, holder);
    }

    private int allocateFromHole(int count, int alignment, Holder holder) {
        int first = hole.take(count, alignment, holder);
        if (first < 0) {
            settle(hole);
            PackedRun run = bins.choose(count + alignment - 1);
            if (run == null) {
                return -1;
            }
            bins.remove(run, run.longestFree());
            hole.begin(run);
            first = hole.take(count, alignment, holder);
            assert first >= 0 : "packed run " + run.number + " was chosen and has no room for " + count;
        }
        holeCount -= count;
        placedIn = hole.run();
        return first;
    }

    private void settle(Filling filling) {
        PackedRun run = filling.settle();
        if (run != null) {
            bins.add(run);
        }
    }

    /** Puts the front's run back and makes another run the front, if one is worth it and holes are few. */
    void renewFront() {
        settle();
        PackedRun run = bins.choose(LEAST_FRONT_LENGTH);
        if (run != null && !holesAbound()) {
            startFront(run);
        }
    }

    /** Puts the runs that are being filled back into the bins. */
    void settle() {
        settle(hole);
        PackedRun run = front.run();
        if (run != null) {
            holeCount += run.freeCount();
            settle(front);
        }
    }

    /** Forgets all runs, after an Error cut a change short; {@link #add} adds them again. */
    void forget() {
        bins = new PackedBins();
        front.forget();
        hole.forget();
        placedIn = null;
        runCount = 0;
        holeCount = 0;
    }

    private void startFront(PackedRun run) {
        bins.remove(run, run.longestFree());
        holeCount -= run.freeCount();
        front.begin(run);
    }

    /** {@return whether some run, or the front, has a stretch of at least {@code length} granules} */
    boolean canHold(int length) {
        return front.canHold(length) || hole.canHold(length) || bins.choose(length) != null;
    }

    /**
     * Opens a run and makes it the front.
     *
     * @return whether there was room
     */
    boolean open(SlabOwner owner) {
        PackedRun run = space.openPackedRun(owner);
        if (run == null) {
            return false;
        }
        settle();
        add(run);
        startFront(run);
        return true;
    }

    /** Adds a run that is new or was another owner's. */
    void add(PackedRun run) {
        bins.add(run);
        runCount++;
        holeCount += run.freeCount();
    }

    private void remove(PackedRun run) {
        bins.remove(run, run.longestFree());
        runCount--;
        holeCount -= run.freeCount();
    }

    /** Removes a run that can hold {@code length} granules, for another owner; null if there is none. */
    @Nullable PackedRun give(int length) {
        settle(hole);
        PackedRun run = bins.choose(length);
        if (run != null) {
            remove(run);
        }
        return run;
    }

    /** {@return whether there are enough runs to fill holes} */
    boolean packsHoles() {
        return runCount > RUNS_TOO_FEW_TO_PACK;
    }

    /** {@return whether a block has a hole on either side; a stretch that is being filled is not a hole} */
    @SuppressWarnings("ShortCircuitBoolean") // avoids one of two unpredictable branches
    boolean isBesideHole(CutRun run, int first, int count) {
        int end = first + count;
        boolean isFreeBehind = run.isFree(end) && !front.isAt(run, end) && !hole.isAt(run, end);
        return run.isPacked & (run.isFree(first - 1) | isFreeBehind);
    }

    /** Frees a block. Pre: it is live or parked, and erased. */
    void free(PackedRun run, int granule, int count) {
        if (front.isIn(run)) {
            front.disturb();
            run.free(granule, count);
            return;
        }
        int longestBefore = run.longestFree();
        int freeBefore = run.freeCount();
        run.free(granule, count);
        noteFreed(run, longestBefore, freeBefore);
        closeIfVacant(run);
    }

    /** Gives the pages of a run back if all of it is free and it is not the front's. */
    void closeIfVacant(PackedRun run) {
        if (run.isVacant() && run.mayClose() && !front.isIn(run)) {
            if (hole.isIn(run)) {
                settle(hole);
            }
            close(run);
        }
    }

    private void noteFreed(PackedRun run, int longestBefore, int freeBefore) {
        holeCount += run.freeCount() - freeBefore;
        if (hole.isIn(run)) {
            hole.disturb();
        } else if (run.longestFree() != longestBefore) {
            bins.remove(run, longestBefore);
            bins.add(run);
        }
    }

    /** Shrinks a live block to {@code byteSize} bytes. Pre: the rest is erased. */
    void shrink(PackedRun run, int granule, int byteSize) {
        if (front.isIn(run)) {
            front.disturb();
            run.shrink(granule, byteSize);
            return;
        }
        int longestBefore = run.longestFree();
        int freeBefore = run.freeCount();
        run.shrink(granule, byteSize);
        noteFreed(run, longestBefore, freeBefore);
    }

    private void close(PackedRun run) {
        remove(run);
        space.close(run);
    }

    /** Closes the vacant runs that were kept. */
    void releaseVacant() {
        settle();
        for (PackedRun run = bins.choose(PackedRun.GRANULE_COUNT); run != null && run.mayClose(); run =
                bins.choose(PackedRun.GRANULE_COUNT)) {
            close(run);
        }
    }

    /** {@return the number of runs of this pool, including the front's, after checking the lists and counts} */
    int checkedCount(SlabOwner owner) {
        settle();
        List<PackedRun> runs = bins.checked();
        long holes = runs.stream().mapToLong(PackedRun::freeCount).sum();
        boolean allOwned = runs.stream().allMatch(run -> run.owner == owner);
        if (runs.size() != runCount || holes != holeCount || !allOwned) {
            throw new IllegalStateException("packed pool: counted=" + runs.size() + " kept=" + runCount
                    + "; holes counted=" + holes + " kept=" + holeCount + "; all of this owner=" + allOwned);
        }
        return runs.size();
    }

    /** {@return bytes of its runs} */
    long byteSize() {
        return Pages.offsetOf(runCount * PackedRun.PAGE_COUNT);
    }

    long metadataByteSize() {
        return 64 + bins.metadataByteSize() + front.metadataByteSize() + hole.metadataByteSize();
    }
}
