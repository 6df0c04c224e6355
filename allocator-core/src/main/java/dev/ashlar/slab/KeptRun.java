package dev.ashlar.slab;

import dev.ashlar.region.Pages;

/**
 * The block of whole pages that an owner freed last: it waits for an allocation of the same size, which takes no lock.
 * Only the owner uses this; the block's word in {@link LargeRuns} says to all threads that it is not live.
 */
final class KeptRun {
    private static final long NONE = -1;

    private final RunSpace space;
    private final int ownerId;
    private long offset = NONE;
    private int pageCount;
    private boolean isErased;

    KeptRun(RunSpace space, int ownerId) {
        this.space = space;
        this.ownerId = ownerId;
    }

    /** {@return the offset of the block, live again, if it has this size; or -1} */
    long reuse(int wantedPageCount, Holder holder) {
        long kept = offset;
        if (kept == NONE || pageCount != wantedPageCount || !isKept()) {
            return NONE;
        }
        erase();
        int[] words = space.large.of(Pages.indexOf(kept));
        int index = Pages.inRegion(Pages.indexOf(kept));
        int live = LargeRuns.live(pageCount, holder);
        // No call from here on: an Error would lose the block.
        offset = NONE;
        words[index] = live;
        return kept;
    }

    /** An Error may have come between the record of the block and its end. */
    private boolean isKept() {
        return space.large.word(Pages.indexOf(offset)) == LargeRuns.parked(pageCount, ownerId);
    }

    /** {@return whether a live block of whole pages that is held this way starts at an offset} */
    boolean isFreeable(long freed, Holder holder) {
        return isFreeable(space.large.word(Pages.indexOf(freed)), freed, holder);
    }

    private static boolean isFreeable(int word, long freed, Holder holder) {
        return LargeRuns.isLive(word)
                && LargeRuns.holder(word) == holder
                && freed == Pages.offsetOf(Pages.indexOf(freed));
    }

    /**
     * Frees a block, and keeps it instead of the one before.
     *
     * @return whether it was live, held this way, and is kept now
     */
    boolean keep(long freed, Holder holder) {
        int firstPage = Pages.indexOf(freed);
        int word = space.large.word(firstPage);
        if (!isFreeable(word, freed, holder) || !LargeRuns.mayBeKept(word)) {
            return false;
        }
        release();
        int[] words = space.large.of(firstPage);
        int index = Pages.inRegion(firstPage);
        int parked = LargeRuns.parked(LargeRuns.pageCount(word), ownerId);
        // First, so that the block is not lost if an Error comes after it has ended.
        pageCount = LargeRuns.pageCount(word);
        isErased = !space.erases();
        offset = freed;
        try {
            if (!LargeRuns.WORD.compareAndSet(words, index, word, parked)) {
                offset = NONE;
                return false;
            }
            erase();
        } catch (Throwable e) {
            if (words[index] != parked || !(e instanceof VirtualMachineError)) {
                throw e;
            }
            // It is free, and will be erased before it is used again.
        }
        return true;
    }

    /** Gives the block back. */
    void release() {
        if (offset != NONE) {
            if (isKept()) {
                erase();
                space.releaseParked(offset);
            }
            offset = NONE;
        }
    }

    private void erase() {
        if (!isErased) {
            space.erase(offset, Pages.offsetOf(pageCount));
            isErased = true;
        }
    }

    /** {@return bytes of the block, or 0 if there is none} */
    long byteSize() {
        return offset == NONE ? 0 : Pages.offsetOf(pageCount);
    }
}
