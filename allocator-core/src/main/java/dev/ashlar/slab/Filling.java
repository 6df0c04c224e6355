package dev.ashlar.slab;

import org.jspecify.annotations.Nullable;

/**
 * A packed run whose free stretches are filled with blocks: one behind the other in one stretch as long as they fit,
 * then in another that suffices. The run is searched once, however many blocks it takes in. Meanwhile it stands in no
 * bin, and its {@link PackedRun#longestFree} is not kept. Not thread-safe.
 */
final class Filling {
    private final Stretches stretches = new Stretches();
    private @Nullable PackedRun run;
    /** What is left of the stretch that is filled now. */
    private int next;

    private int end;
    /** Whether a block of the run was freed meanwhile, so that its stretches are no longer all that is free. */
    private boolean disturbed;

    /** Begins to fill a run. Pre: none is being filled, and the run stands in no bin. */
    void begin(PackedRun filled) {
        run = filled;
        filled.readFree(stretches);
        disturbed = false;
    }

    /** {@return the block's first granule in the run that is filled, or -1 where no stretch suffices} */
    int take(int count, int alignment, Holder holder) {
        PackedRun filled = run;
        int first = (next + alignment - 1) & -alignment;
        if (filled == null || (first + count > end && !moveOn(count + alignment - 1))) {
            return -1;
        }
        first = (next + alignment - 1) & -alignment;
        filled.take(first, count, holder);
        stretches.add(next, first);
        next = first + count;
        return first;
    }

    /**
     * Goes on with another stretch.
     *
     * @return whether one has so many granules
     */
    private boolean moveOn(int length) {
        int index = stretches.choose(length);
        if (index < 0) {
            return false;
        }
        int start = stretches.start(index);
        int behind = stretches.end(index);
        stretches.remove(index);
        stretches.add(next, end);
        next = start;
        end = behind;
        return true;
    }

    /** Notes that a block of the run that is filled is freed or cut down. */
    void disturb() {
        disturbed = true;
    }

    /**
     * Ends.
     *
     * @return the run, which knows its longest free stretch again, or null where none was being filled
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

    /** {@return whether some stretch has so many granules} */
    boolean canHold(int length) {
        return end - next >= length || stretches.choose(length) >= 0;
    }

    /** {@return the run that is filled, or null} */
    @Nullable PackedRun run() {
        return run;
    }

    @SuppressWarnings("ReferenceEquality")
    boolean isIn(CutRun candidate) {
        return run == candidate;
    }

    /** {@return whether the stretch that is filled now begins at a granule} */
    boolean isAt(CutRun candidate, int granule) {
        return isIn(candidate) && granule == next;
    }

    long metadataByteSize() {
        return 32 + stretches.metadataByteSize();
    }
}
