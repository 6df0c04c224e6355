package dev.ashlar.buddy;

import java.util.BitSet;

/**
 * Decides when the next region of a growing heap is prepared, and takes it over: it becomes the one empty region that
 * is retained anyway. Another thread commits it while the heap's lock is free.
 *
 * <p>A heap grows if allocations had to commit at least {@value #GROWTH_COUNT} times since the last trim. The first of
 * these may be all that the heap ever needs. From then on the next region is due if none is empty and more are in use
 * than at any time since an allocation had to commit. So a caller that frees and allocates around the boundary of a
 * region causes no commit, as without preparation.
 *
 * <p>Not thread-safe.
 */
public final class NextRegion {
    private static final int GROWTH_COUNT = 2;
    private static final int NONE = -1;

    private final RunAllocator runs;
    /** Allocations that had to commit since the last trim. */
    private int growthCount;
    /** The most regions in use since an allocation had to commit. */
    private int mostInUse;
    /** A region that was prepared and never used, or {@link #NONE}. */
    private int prepared = NONE;

    NextRegion(RunAllocator runs) {
        this.runs = runs;
    }

    /** Notes that an allocation of at most a region had to commit one, which is empty yet. */
    void noteGrowth() {
        growthCount++;
        mostInUse = inUse();
    }

    /** Notes that a run was taken. */
    void noteTaken() {
        if (inUse() > mostInUse) {
            mostInUse = inUse();
            if (isDue()) {
                runs.source.grown();
            }
        }
    }

    /** Notes that a region is in use, or a hole. */
    void noteUse(int region) {
        if (region == prepared) {
            prepared = NONE;
        }
    }

    /** Notes a trim: the heap keeps no region ahead until it has grown again. */
    void noteTrim() {
        growthCount = 0;
    }

    private int inUse() {
        return runs.committedRegionCount - runs.emptyRegionCount;
    }

    private boolean isDue() {
        return runs.emptyRegionCount == 0 && growthCount >= GROWTH_COUNT;
    }

    /** {@return whether the caller must have the next region committed by the source, then call {@link #end}} */
    public boolean begin() {
        int hole = isDue() && runs.source.preparing() < 0 ? runs.holes.nextSetBit(0) : NONE;
        if (hole < 0) {
            return false;
        }
        runs.source.beginPreparing(hole);
        return true;
    }

    /**
     * Takes over what was prepared, and releases what was kept meanwhile beyond the retention.
     *
     * @return as {@link #adopt}
     */
    public boolean end() {
        boolean adopted = adopt();
        BitSet empty = runs.emptyRegions;
        for (int region = empty.length() - 1; region >= 0; region = empty.previousSetBit(region - 1)) {
            runs.releaseIfSurplus(region);
        }
        return adopted;
    }

    /**
     * Takes over the region that is being prepared, if there is one. If its commit has begun, this waits for it.
     *
     * @return whether one more region is empty now
     */
    public boolean adopt() {
        int region = runs.source.preparing();
        if (region < 0) {
            return false;
        }
        // Metadata first, as in a commit.
        Buddy buddy = runs.prepare(region);
        if (!runs.source.endPreparing()) {
            return false;
        }
        runs.add(region, buddy);
        prepared = region;
        return true;
    }

    /** {@return whether a region was prepared and never used} */
    boolean isPrepared(int region) {
        return region == prepared && runs.emptyRegions.get(region);
    }

    /** {@return committed regions that were prepared and never used} */
    public int preparedRegionCount() {
        return prepared >= 0 && isPrepared(prepared) ? 1 : 0;
    }
}
