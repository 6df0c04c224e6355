package dev.ashlar.slab;

import org.jspecify.annotations.Nullable;

/**
 * A run cut into smaller blocks: a slab or a packed run. Its bookkeeping lives in this object and is used again for
 * another run when this one is given back, so that churn makes no garbage.
 *
 * <p>Offsets are relative to the run's first byte. Not thread-safe.
 */
abstract sealed class CutRun permits Slab, PackedRun {
    /** Its number in the store, the value of its pages' descriptor words. */
    final int number;

    private int firstPage;
    private int pageCount;

    /** Links of the one list that this run stands in: a bin, or the spare ones. */
    @Nullable CutRun next;

    @Nullable CutRun previous;

    CutRun(int number) {
        this.number = number;
    }

    /** Puts this object in charge of a run whose pages are all free. */
    final void open(int newFirstPage, int newPageCount) {
        assert isVacant() : "number " + number + " still holds blocks";
        firstPage = newFirstPage;
        pageCount = newPageCount;
    }

    /** Leaves the run: no page is covered any more. */
    final void close() {
        assert isVacant() : "number " + number + " still holds blocks";
        pageCount = 0;
    }

    final int firstPage() {
        return firstPage;
    }

    final int pageCount() {
        return pageCount;
    }

    /** {@return whether a page belongs to this run now; its descriptor word alone may be stale} */
    final boolean covers(int page) {
        return page >= firstPage && page < firstPage + pageCount;
    }

    /** {@return whether no block lives in it} */
    abstract boolean isVacant();

    /** {@return the first byte of the live block that contains {@code offset}, or -1} */
    abstract int startOf(int offset);

    /** {@return the bytes that the live block starting at {@code start} may use} */
    abstract int usableByteSize(int start);

    /** {@return how the live block starting at {@code start} is held} */
    abstract Holder holder(int start);

    /** Marks the block that starts at {@code start} free. It is live and has been erased. */
    abstract void free(int start);

    abstract int freeByteSize();

    abstract long metadataByteSize();

    abstract void checkInvariants();
}
