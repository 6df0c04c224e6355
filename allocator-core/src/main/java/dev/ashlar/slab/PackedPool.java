package dev.ashlar.slab;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packed runs of one owner.
 *
 * <p>Two ways to place a block. While holes are few, blocks are laid one behind the other in the <i>front</i>, the
 * longest free stretch of one run: no search, and addresses rotate. Once holes make up more than 1/16 of the runs, the
 * holes come first, shortest sufficient longest-free-stretch, best fit inside; so churn does not spread.
 *
 * <p>The front's run stands in no bin and its longest free stretch is not kept until it is put back. Of vacant runs an
 * owner keeps the front's alone. Not thread-safe.
 */
final class PackedPool {
    /** A run whose longest free stretch is shorter is not worth a front. */
    private static final int LEAST_FRONT_LENGTH = 64;

    /** With no more runs than these, holes cost less than the search for them: half a region. */
    private static final int RUNS_TOO_FEW_TO_PACK = 16;

    /** Free granules that a run may hold on average before they are filled first: 1/16 of its 1024. */
    private static final int LOG2_TOLERATED_HOLES_PER_RUN = 6;

    private final RunSpace space;
    private final PackedBins bins = new PackedBins();
    private final Stretches stretches = new Stretches();
    private @Nullable PackedRun front;
    private int frontNext;
    private int frontEnd;
    private int runCount;
    /** Free granules of the runs in bins. */
    private long holeCount;

    PackedPool(RunSpace space) {
        this.space = space;
    }

    /**
     * Takes granules from the front, or from a hole where holes abound.
     *
     * @return the block's offset in the span, or -1 where neither has room
     */
    long allocate(int count, int alignment, Holder holder) {
        if (holeCount > (long) runCount << LOG2_TOLERATED_HOLES_PER_RUN) {
            long offset = allocateFromHole(count, alignment, holder);
            return offset >= 0 ? offset : allocateFromFront(count, alignment, holder);
        }
        long offset = allocateFromFront(count, alignment, holder);
        return offset >= 0 ? offset : allocateFromHole(count, alignment, holder);
    }

    private long allocateFromFront(int count, int alignment, Holder holder) {
        PackedRun run = front;
        int first = (frontNext + alignment - 1) & -alignment;
        if (run == null || first + count > frontEnd) {
            return -1;
        }
        run.take(first, count, holder);
        frontNext = first + count;
        return run.firstByte() + run.startAt(first);
    }

    private long allocateFromHole(int count, int alignment, Holder holder) {
        PackedRun run = bins.choose(count + alignment - 1);
        if (run == null) {
            return -1;
        }
        int longestBefore = run.longestFree();
        int first = run.allocate(count, alignment, holder, stretches);
        holeCount -= count;
        rebin(run, longestBefore);
        return run.firstByte() + run.startAt(first);
    }

    private void rebin(PackedRun run, int longestBefore) {
        if (run.longestFree() != longestBefore) {
            bins.remove(run, longestBefore);
            bins.add(run);
        }
    }

    /** Puts the front's run back and starts anew where a run has just enough for a front, unless holes abound. */
    void renewFront() {
        settleFront();
        PackedRun run = bins.choose(LEAST_FRONT_LENGTH);
        if (run != null && holeCount <= (long) runCount << LOG2_TOLERATED_HOLES_PER_RUN) {
            remove(run);
            startFront(run);
        }
    }

    /** Puts the front's run back among the others. */
    void settleFront() {
        PackedRun run = front;
        if (run != null) {
            front = null;
            frontNext = 0;
            frontEnd = 0;
            runCount--;
            run.recount(stretches);
            add(run);
        }
    }

    private void startFront(PackedRun run) {
        frontNext = run.recount(stretches);
        frontEnd = frontNext + run.longestFree();
        front = run;
        runCount++;
    }

    /** {@return whether some run, or the front, has so many granules side by side} */
    boolean canHold(int length) {
        return frontEnd - frontNext >= length || bins.choose(length) != null;
    }

    /** Opens a run and makes it the front. @return whether there was room */
    boolean open(SlabOwner owner) {
        PackedRun run = space.openPackedRun(owner);
        if (run == null) {
            return false;
        }
        settleFront();
        startFront(run);
        return true;
    }

    /** Takes a run in that was another owner's, or the front's. */
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
        PackedRun run = bins.choose(length);
        if (run != null) {
            remove(run);
        }
        return run;
    }

    /** {@return whether a block has a hole on either side; what the front has not reached yet is none} */
    boolean isBesideHole(PackedRun run, int first) {
        if (runCount <= RUNS_TOO_FEW_TO_PACK) {
            return false;
        }
        int end = first + run.granuleCountOf(first);
        return run.isFree(first - 1) || (run.isFree(end) && (run != front || end != frontNext));
    }

    /** Marks a block free. It is live and erased. */
    void free(PackedRun run, int granule) {
        if (run == front) {
            run.free(granule);
            return;
        }
        int longestBefore = run.longestFree();
        int freeBefore = run.freeCount();
        run.free(granule);
        holeCount += run.freeCount() - freeBefore;
        rebin(run, longestBefore);
        if (run.isVacant() && !run.isQueued()) {
            close(run);
        }
    }

    /** Cuts a live block down to {@code byteSize} bytes; what lies behind has been erased. */
    void shrink(PackedRun run, int granule, int byteSize) {
        int longestBefore = run.longestFree();
        int freeBefore = run.freeCount();
        run.shrink(granule, byteSize);
        if (run != front) {
            holeCount += run.freeCount() - freeBefore;
            rebin(run, longestBefore);
        }
    }

    private void close(PackedRun run) {
        remove(run);
        space.close(run);
    }

    /** Closes the runs that are kept although vacant. */
    void releaseVacant() {
        settleFront();
        for (PackedRun run = bins.choose(PackedRun.GRANULE_COUNT); run != null && !run.isQueued(); run =
                bins.choose(PackedRun.GRANULE_COUNT)) {
            close(run);
        }
    }

    /** {@return the runs of this pool, the front's included} Throws where a list or a count is wrong. */
    int checkedCount(SlabOwner owner) {
        settleFront();
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
        return RunSpace.offsetOf(runCount * PackedRun.PAGE_COUNT);
    }

    long metadataByteSize() {
        return 120 + bins.metadataByteSize();
    }
}
