package dev.ashlar.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Records the frees of a run's blocks by other threads. Any thread may mark a block as freed, by one atomic operation;
 * the first mark puts the run into the queue of its owner, who processes the marks later ({@link SlabOwner#drain}).
 */
abstract class RemoteMarks {
    private static final VarHandle BITS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle QUEUED;

    static {
        try {
            QUEUED = MethodHandles.lookup().findVarHandle(RemoteMarks.class, "queued", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Link of the owner's queue of runs with marks; {@code queued} tells whether this run is in one. */
    @Nullable CutRun nextQueued;

    @SuppressWarnings("UnusedVariable") // written through QUEUED
    private volatile boolean queued;

    /** The bookkeeping of a run's blocks: the marks in the last words, the rest as {@link CutRun} describes. */
    final long[] books;

    /** The first word of the marks. */
    private final int firstMarkWord;

    /** log2 of the positions per mark, of which at most one is a block's start. */
    final int log2PositionsPerMark;

    /** Whether the owner is processing the marks. Until it has, no block of another life may get one. */
    private boolean isDrained;

    /** Frees that lost a race with another free of the same block and were found later. */
    private int lateLoserCount;

    RemoteMarks(int positionCount, int log2PositionsPerMark) {
        int markWordCount = ((positionCount >> log2PositionsPerMark) + Long.SIZE - 1) / Long.SIZE;
        this.firstMarkWord = CutRun.wordCount(positionCount) + markWordCount;
        this.books = new long[firstMarkWord + markWordCount];
        this.log2PositionsPerMark = log2PositionsPerMark;
    }

    /**
     * Marks a live block as freed, from any thread, by one atomic operation.
     *
     * @return whether this call marked it; false if it was marked before
     */
    final boolean markRemote(int position) {
        int mark = position >> log2PositionsPerMark;
        long bit = 1L << mark;
        return ((long) BITS.getAndBitwiseOr(books, firstMarkWord + (mark >> 6), bit) & bit) == 0;
    }

    final boolean isMarkedRemote(int position) {
        int mark = position >> log2PositionsPerMark;
        return (((long) BITS.getAcquire(books, firstMarkWord + (mark >> 6)) >>> mark) & 1) != 0;
    }

    /**
     * {@return whether there may be marks} A mark that another thread is making counts once that thread has put the run
     * into the queue.
     */
    final boolean mayBeMarked() {
        return isQueued();
    }

    final int remoteWordCount() {
        return books.length - firstMarkWord;
    }

    /** {@return 64 marks at once} */
    final long remoteMarks(int word) {
        return (long) BITS.getVolatile(books, firstMarkWord + word);
    }

    /**
     * Removes marks. A mark is removed only after its block is no longer live: until then it tells another free of the
     * same block that it is too late.
     */
    final void clearRemote(int word, long marks) {
        if ((remoteMarks(word) & marks) != 0) {
            BITS.getAndBitwiseAnd(books, firstMarkWord + word, ~marks);
        }
    }

    /**
     * Called before a position is handed out: removes the mark of a free that lost a race with the owner's own free of
     * the same block.
     */
    final void dropLateMark(int position) {
        if (mayBeMarked() && isMarkedRemote(position)) {
            unmarkRemote(position);
            lateLoserCount++;
        }
    }

    /**
     * Takes back a mark that was found to be wrong.
     *
     * @return whether the mark was still there
     */
    final boolean unmarkRemote(int position) {
        int mark = position >> log2PositionsPerMark;
        long bit = 1L << mark;
        return ((long) BITS.getAndBitwiseAnd(books, firstMarkWord + (mark >> 6), ~bit) & bit) != 0;
    }

    /** Counts a free whose block had been freed before its mark was processed. */
    final void countLateLoser() {
        lateLoserCount++;
    }

    final int lateLoserCount() {
        return lateLoserCount;
    }

    /** {@return whether the caller has to put this run into its owner's queue} */
    final boolean enterQueue() {
        return !isQueued() && QUEUED.compareAndSet(this, false, true);
    }

    /** Called before the marks are processed, so that a later mark puts the run into the queue again. */
    final void leaveQueue() {
        QUEUED.setVolatile(this, false);
    }

    /** {@return whether the pages may be given back once the run is free} */
    final boolean mayClose() {
        return !isDrained && !isQueued();
    }

    /** For a closed run: all its marks are too late. */
    final void dropLateMarks() {
        leaveQueue();
        dropMarks();
    }

    /** Removes all marks: their blocks are gone. */
    final void dropMarks() {
        for (int word = 0; word < remoteWordCount(); word++) {
            long marks = remoteMarks(word);
            lateLoserCount += Long.bitCount(marks);
            clearRemote(word, marks);
        }
    }

    /** The owner starts to process the marks. */
    final void beginDrain() {
        isDrained = true;
        leaveQueue();
    }

    /** The owner has processed the marks. */
    final void endDrain() {
        isDrained = false;
    }

    final boolean isQueued() {
        return (boolean) QUEUED.getVolatile(this);
    }
}
