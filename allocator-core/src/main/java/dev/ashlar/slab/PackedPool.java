package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packed runs of one owner.
 *
 * <p>Two ways to place a block. While holes are few, blocks are laid one behind the other in the <i>front</i>, the
 * free stretches of one run: no search, and addresses rotate. Once holes make up more than 1/16 of the runs, the
 * holes come first, the run with the shortest sufficient longest-free-stretch; so churn does not spread.
 *
 * <p>A run once chosen for a hole is filled with the blocks that follow as long as any fits: one search serves several,
 * and compilers free in the order they allocated in.
 *
 * <p>The runs of the front and of the hole that is being filled stand in no bin. Of vacant runs an owner keeps the
 * front's alone. Not thread-safe.
 */
final class PackedPool {
    /** A run whose longest free stretch is shorter is not worth a front. */
    private static final int LEAST_FRONT_LENGTH = 64;

    /** With no more runs than these, holes cost less than the search for them: half a region. */
    private static final int RUNS_TOO_FEW_TO_PACK = 16;

    /** Free granules that a run may hold on average before they are filled first: 1/16 of its 1024. */
    private static final int LOG2_TOLERATED_HOLES_PER_RUN = 6;

    private final RunSpace space;
    final PackedBins bins = new PackedBins();
    /** The run that is filled while holes are few. */
    final Filling front = new Filling();
    /** The run that is filled while they are not, or where the front does not suffice. */
    final Filling hole = new Filling();

    int runCount;
    /** Free granules of all runs but the front's. */
    long holeCount;
    /** The run of the block placed last. */
    private @Nullable PackedRun placedIn;

    PackedPool(RunSpace space) {
        this.space = space;
    }

    /**
     * Takes granules from the front, or from a hole where holes abound.
     *
     * @return the block's first granule in the run that {@link #placedIn} tells, or -1 where neither has room
     */
    int allocate(int count, int alignment, Holder holder) {
        if (holesAbound()) {
            int first = allocateFromHole(count, alignment, holder);
            return first >= 0 ? first : allocateFromFront(count, alignment, holder);
        }
        int first = allocateFromFront(count, alignment, holder);
        return first >= 0 ? first : allocateFromHole(count, alignment, holder);
    }

    /** {@return the run of the block placed last} Pre: there was one. */
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

    /** Puts the front's run back and starts anew where a run has just enough for a front, unless holes abound. */
    void renewFront() {
        settle();
        PackedRun run = bins.choose(LEAST_FRONT_LENGTH);
        if (run != null && !holesAbound()) {
            startFront(run);
        }
    }

    /** Puts the runs that are being filled back among the others. */
    void settle() {
        settle(hole);
        PackedRun run = front.run();
        if (run != null) {
            holeCount += run.freeCount();
            settle(front);
        }
    }

    private void startFront(PackedRun run) {
        bins.remove(run, run.longestFree());
        holeCount -= run.freeCount();
        front.begin(run);
    }

    /** {@return whether some run, or the front, has so many granules side by side} */
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

    /** Takes a run in that is new or was another owner's. */
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

    /** Takes a run out that can hold {@code length} granules, for another owner; null where there is none. */
    @Nullable PackedRun give(int length) {
        settle(hole);
        PackedRun run = bins.choose(length);
        if (run != null) {
            remove(run);
        }
        return run;
    }

    /** {@return whether there are so many runs that holes must be filled} */
    boolean packsHoles() {
        return runCount > RUNS_TOO_FEW_TO_PACK;
    }

    /** {@return whether a block has a hole on either side; what is being filled is none} */
    @SuppressWarnings("ShortCircuitBoolean") // of two things that the processor cannot foresee it is asked but one
    boolean isBesideHole(CutRun run, int first, int count) {
        int end = first + count;
        boolean isFreeBehind = run.isFree(end) && !front.isAt(run, end) && !hole.isAt(run, end);
        return run.isPacked & (run.isFree(first - 1) | isFreeBehind);
    }

    /** Marks a block free. It is live or parked, and erased. */
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

    /** Gives the pages of a run up if all of it is free, but for the front's. */
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

    /** Cuts a live block down to {@code byteSize} bytes; what lies behind has been erased. */
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

    /** Closes the runs that are kept although vacant. */
    void releaseVacant() {
        settle();
        for (PackedRun run = bins.choose(PackedRun.GRANULE_COUNT); run != null && run.mayClose(); run =
                bins.choose(PackedRun.GRANULE_COUNT)) {
            close(run);
        }
    }

    /** {@return the runs of this pool, the front's included} Throws where a list or a count is wrong. */
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
