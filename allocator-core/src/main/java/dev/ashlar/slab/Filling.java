package dev.ashlar.slab;

import org.jspecify.annotations.Nullable;

/**
 * A packed run whose free stretches are being filled: blocks go one after the other into one stretch as long as they
 * fit, then into another that is long enough. The run is searched once, however many blocks it takes. Meanwhile it is
 * in no bin, and its {@link PackedRun#longestFree} is not maintained. Not thread-safe.
 */
final class Filling {
    private final Stretches stretches = new Stretches();
    @Nullable PackedRun run;
    /** The first granule of the block being placed; set before the run changes, for the case that an Error comes. */
    int placing = -1;
    /** The rest of the current stretch. */
    private int next;

    private int end;
    /** Whether a block of the run was freed meanwhile, so that the known stretches are not all free space. */
    private boolean disturbed;

    /** Begins to fill a run. Pre: none is being filled, and the run is in no bin. */
    void begin(PackedRun filled) {
        run = filled;
        filled.readFree(stretches);
        disturbed = false;
    }

    /** {@return the block's first granule in the current run, or -1 if no stretch is long enough} */
    int take(int count, int alignment, Holder holder) {
        PackedRun filled = run;
        int first = (next + alignment - 1) & -alignment;
        if (filled == null || (first + count > end && !moveOn(count + alignment - 1))) {
            return -1;
        }
        first = (next + alignment - 1) & -alignment;
        placing = first;
        filled.take(first, count, holder);
        stretches.add(next, first);
        next = first + count;
        return first;
    }

    /**
     * Moves on to another stretch.
     *
     * @return whether one is long enough
     */
    private boolean moveOn(int length) {
        int index = stretches.choose(length);
        if (index < 0) {
            return false;
        }
        int start = stretches.start(index);
        int stretchEnd = stretches.end(index);
        stretches.remove(index);
        stretches.add(next, end);
        next = start;
        end = stretchEnd;
        return true;
    }

    /** Forgets the run, after an Error cut a change short. */
    void forget() {
        stretches.clear();
        run = null;
        next = 0;
        end = 0;
        placing = -1;
    }

    /** Records that a block of the current run was freed or shrunk. */
    void disturb() {
        disturbed = true;
    }

    /**
     * Ends.
     *
     * @return the run, with its longest free stretch up to date, or null if none was being filled
     */
    @Nullable PackedRun settle() {
        PackedRun filled = run;
        if (filled != null) {
            if (disturbed) {
                filled.readFree(stretches);
            } else {
                stretches.add(next, end);
            }
            filled.noteLongestFree(stretches.longest());
            stretches.clear();
            run = null;
            next = 0;
            end = 0;
        }
        return filled;
    }

    /** {@return whether some stretch is long enough} */
    boolean canHold(int length) {
        return end - next >= length || stretches.choose(length) >= 0;
    }

    /** {@return the current run, or null} */
    @Nullable PackedRun run() {
        return run;
    }

    @SuppressWarnings("ReferenceEquality")
    boolean isIn(CutRun candidate) {
        return run == candidate;
    }

    /** {@return whether the current stretch begins at a granule} */
    boolean isAt(CutRun candidate, int granule) {
        return isIn(candidate) && granule == next;
    }

    long metadataByteSize() {
        return 32 + stretches.metadataByteSize();
    }
}
