package dev.ashlar.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What other threads have freed of a run. Any thread may mark a block as freed, one atomic operation; its first mark
 * brings the run into the queue of its owner, who looks through the marks later ({@link SlabOwner#drain}).
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

    /** Link of the owner's list of runs with blocks freed from afar; {@code queued} says whether it stands in one. */
    @Nullable CutRun nextQueued;

    @SuppressWarnings("UnusedVariable") // written through QUEUED
    private volatile boolean queued;

    /** What is kept of the blocks of a run: the marks in the last words, the rest as {@link CutRun} tells. */
    final long[] books;

    /** The first word of the marks. */
    private final int firstMarkWord;

    /** A mark stands for so many positions, of which one at most is a block's. */
    final int log2PositionsPerMark;

    /** Whether the owner is looking through the marks: until it has, no block of another life may get any. */
    private boolean isDrained;

    /** Frees that lost a race with another free of the same block and were found later than at once. */
    private int lateLoserCount;

    RemoteMarks(int positionCount, int log2PositionsPerMark) {
        int markWordCount = ((positionCount >> log2PositionsPerMark) + Long.SIZE - 1) / Long.SIZE;
        this.firstMarkWord = CutRun.wordCount(positionCount) + markWordCount;
        this.books = new long[firstMarkWord + markWordCount];
        this.log2PositionsPerMark = log2PositionsPerMark;
    }

    /**
     * Marks a live block as freed, from any thread: one atomic operation.
     *
     * @return whether this call marked it; false where it was marked before
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
     * {@return whether any mark may be there} A mark that another thread is just making counts as made when it enters
     * the run into the queue.
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
     * Takes marks away. Those of blocks that were live come off once they no longer are: until then the mark tells
     * another free of the same block that it comes too late.
     */
    final void clearRemote(int word, long marks) {
        if ((remoteMarks(word) & marks) != 0) {
            BITS.getAndBitwiseAnd(books, firstMarkWord + word, ~marks);
        }
    }

    /**
     * Before a position is handed out: takes a mark away that a free left there which lost a race with the owner's own
     * free of the same block.
     */
    final void dropLateMark(int position) {
        if (mayBeMarked() && isMarkedRemote(position)) {
            unmarkRemote(position);
            lateLoserCount++;
        }
    }

    /**
     * Takes a mark back that turned out to be wrong.
     *
     * @return whether it was still there
     */
    final boolean unmarkRemote(int position) {
        int mark = position >> log2PositionsPerMark;
        long bit = 1L << mark;
        return ((long) BITS.getAndBitwiseAnd(books, firstMarkWord + (mark >> 6), ~bit) & bit) != 0;
    }

    /** Counts a free whose block had been freed before its mark was looked at. */
    final void countLateLoser() {
        lateLoserCount++;
    }

    final int lateLoserCount() {
        return lateLoserCount;
    }

    /** {@return whether the caller is the one to put this run on its owner's list} */
    final boolean enterQueue() {
        return !isQueued() && QUEUED.compareAndSet(this, false, true);
    }

    /** Before the marks are looked at, so that a mark made from then on enters the run anew. */
    final void leaveQueue() {
        QUEUED.setVolatile(this, false);
    }

    /** {@return whether its pages may be given up once all is free} */
    final boolean mayClose() {
        return !isDrained && !isQueued();
    }

    /** Of a closed run: all its marks came too late. */
    final void dropLateMarks() {
        leaveQueue();
        dropMarks();
    }

    /** Takes all marks away: whose they are has gone. */
    final void dropMarks() {
        for (int word = 0; word < remoteWordCount(); word++) {
            long marks = remoteMarks(word);
            lateLoserCount += Long.bitCount(marks);
            clearRemote(word, marks);
        }
    }

    /** The owner looks through its marks from here on. */
    final void beginDrain() {
        isDrained = true;
        leaveQueue();
    }

    /** The owner has looked through its marks. */
    final void endDrain() {
        isDrained = false;
    }

    final boolean isQueued() {
        return (boolean) QUEUED.getVolatile(this);
    }
}
