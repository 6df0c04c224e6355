package dev.ashlar.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Records the frees of a run's blocks by other threads. Any thread may mark a block as freed, by one atomic operation;
 * the first mark puts the run into the queue of its owner, who processes the marks later ({@link SlabOwner#drain}).
 *
 * <p>The words of marks also hold the generation of the run. A thread marks a block only in the generation in which it
 * found the block, so a mark never reaches a block of a later run, and no mark has to be taken back.
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

    static final int MARKS_PER_WORD = 48;
    private static final long MARKS = (1L << MARKS_PER_WORD) - 1;

    /** The bookkeeping of a run's blocks: the marks in the last words, the rest as {@link CutRun} describes. */
    final long[] books;

    /** The first word of the marks. */
    final int firstMarkWord;

    /** log2 of the positions per mark, of which at most one is a block's start. */
    final int log2PositionsPerMark;

    /** Whether the owner is processing the marks. Until it has, no block of another life may get one. */
    boolean isDrained;

    /** Frees that lost a race with another free of the same block and were found later. */
    private int lateLoserCount;

    RemoteMarks(int positionCount, int log2PositionsPerMark) {
        int markCount = ((positionCount - 1) >> log2PositionsPerMark) + 1;
        this.firstMarkWord = CutRun.wordCount(positionCount) + (markCount + Long.SIZE - 1) / Long.SIZE;
        this.books = new long[firstMarkWord + (markCount + MARKS_PER_WORD - 1) / MARKS_PER_WORD];
        this.log2PositionsPerMark = log2PositionsPerMark;
    }

    /**
     * Marks a live block as freed, from any thread, by one atomic operation.
     *
     * @param generation of the run in which the caller found the block
     * @return whether this call marked it; false if it was marked before, or if the run has ended since
     */
    final boolean markRemote(int position, int generation) {
        int mark = position >> log2PositionsPerMark;
        int word = firstMarkWord + mark / MARKS_PER_WORD;
        long bit = 1L << mark % MARKS_PER_WORD;
        long found = (long) BITS.getAcquire(books, word);
        while ((found & bit) == 0 && found >>> MARKS_PER_WORD == stamp(generation) >>> MARKS_PER_WORD) {
            long witness = (long) BITS.compareAndExchange(books, word, found, found | bit);
            if (witness == found) {
                return true;
            }
            found = witness;
        }
        return false;
    }

    /** {@return what the words of marks of a generation hold in their upper bits} */
    private static long stamp(int generation) {
        return (long) generation << MARKS_PER_WORD;
    }

    final boolean isMarkedRemote(int position) {
        int mark = position >> log2PositionsPerMark;
        return ((long) BITS.getAcquire(books, firstMarkWord + mark / MARKS_PER_WORD) >>> mark % MARKS_PER_WORD & 1)
                != 0;
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

    /** {@return up to 48 marks at once; {@link #markAt} says which} */
    final long remoteMarks(int word) {
        return (long) BITS.getVolatile(books, firstMarkWord + word) & MARKS;
    }

    /** {@return the mark of the lowest bit of a word of marks} */
    static int markAt(int word, long marks) {
        return word * MARKS_PER_WORD + Long.numberOfTrailingZeros(marks);
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

    private void unmarkRemote(int position) {
        int mark = position >> log2PositionsPerMark;
        BITS.getAndBitwiseAnd(books, firstMarkWord + mark / MARKS_PER_WORD, ~(1L << mark % MARKS_PER_WORD));
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

    /** {@return whether the pages may be given back once the run is free} */
    final boolean mayClose() {
        return !isDrained && !isQueued();
    }

    /** For a closed run: all its marks are too late. */
    final void dropLateMarks() {
        queued = false;
        dropMarks();
    }

    private void dropMarks() {
        for (int word = 0; word < remoteWordCount(); word++) {
            long marks = remoteMarks(word);
            lateLoserCount += Long.bitCount(marks);
            clearRemote(word, marks);
        }
    }

    /** Removes all marks, and accepts only those of another generation from now on. */
    final void beginMarks(int generation) {
        for (int word = firstMarkWord; word < books.length; word++) {
            long before = (long) BITS.getAndSet(books, word, stamp(generation));
            lateLoserCount += Long.bitCount(before & MARKS);
        }
    }

    /** The owner starts to process the marks. A later mark puts the run into the queue again. */
    final void beginDrain() {
        if (!isDrained) {
            isDrained = true;
            queued = false;
        }
    }

    /** The owner has processed the marks. */
    final void endDrain() {
        isDrained = false;
    }

    final boolean isQueued() {
        return (boolean) QUEUED.getVolatile(this);
    }
}
