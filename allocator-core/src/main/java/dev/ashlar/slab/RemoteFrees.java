package dev.ashlar.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The runs of one owner with blocks that other threads have freed. Any thread adds a run; the owner takes all.
 *
 * <p>Word 7 of the run's first line has the life of the run in its upper half ({@link RemoteMarks}) and its place in a
 * queue in its lower half: 0 if it is in none, else the next run plus two, or 1 at the end of the queue. A thread that
 * has set a mark changes 0 to 1 in the life of the mark, and adds the run if it succeeds. If it does not succeed, the
 * run is in a queue, or the run has ended, and all its marks with it. The owner ends a run by the same word: from 0 in
 * this life to 0 in the next. So no run ends while it is in a queue.
 */
final class RemoteFrees extends Apart {
    private static final VarHandle TOP;
    private static final long IN_QUEUE = 1;

    static {
        try {
            TOP = MethodHandles.lookup().findVarHandle(RemoteFrees.class, "top", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Lines lines;

    /** The run added last plus one, or 0. */
    private volatile int top;

    /** The run that the owner is processing, and the first that it has taken and not processed, each plus one, or 0. */
    private int processed;

    private int following;

    /** Frees that lost a race with another free of the same block and were found later. */
    private long lateLoserCount;

    RemoteFrees(Lines lines) {
        this.lines = lines;
    }

    /** {@return whether no run waits that the owner has not taken} */
    boolean isEmpty() {
        return top == 0;
    }

    /** {@return whether the owner has nothing to process} */
    boolean isIdle() {
        return top == 0 && processed == 0 && following == 0;
    }

    /** {@return whether the caller, which has set a mark in this life of a run, has to add the run to a queue} */
    static boolean enter(Lines lines, int firstPage, long life) {
        long[] words = lines.of(firstPage);
        int word = queueWordOf(firstPage);
        return (long) Lines.WORD.getVolatile(words, word) == life
                && Lines.WORD.compareAndSet(words, word, life, life | IN_QUEUE);
    }

    static boolean isQueued(Lines lines, int firstPage) {
        return ((long) Lines.WORD.getVolatile(lines.of(firstPage), queueWordOf(firstPage)) & RemoteMarks.MARKS) != 0;
    }

    /** {@return the life of the run that starts at a page, which says so in its first line} */
    static long life(Lines lines, int firstPage) {
        return RemoteMarks.life(lines.of(firstPage)[queueWordOf(firstPage)]);
    }

    /**
     * Ends the life of a run, unless it is in a queue: from now on no mark is set.
     *
     * @return whether it ended
     */
    static boolean end(Lines lines, int firstPage) {
        long life = life(lines, firstPage);
        return Lines.WORD.compareAndSet(lines.of(firstPage), queueWordOf(firstPage), life, RemoteMarks.next(life));
    }

    static int queueWordOf(int firstPage) {
        return Lines.lineOf(firstPage) + Lines.QUEUE;
    }

    /** Adds a run, from any thread. Pre: {@link #enter} has returned true. */
    void add(int firstPage) {
        long[] words = lines.of(firstPage);
        int word = queueWordOf(firstPage);
        int below;
        do {
            below = top;
            words[word] = RemoteMarks.life(words[word]) | (below + IN_QUEUE);
        } while (!TOP.compareAndSet(this, below, firstPage + 1));
    }

    /** {@return the first of all runs in the queue, plus one, or 0; they are in no queue that a thread reads now} */
    int takeAll() {
        return top == 0 ? 0 : (int) TOP.getAndSet(this, 0);
    }

    /** {@return the run after another one in a queue; both plus one, or 0} */
    int after(int run) {
        return (int) (lines.of(run - 1)[queueWordOf(run - 1)] - IN_QUEUE);
    }

    /**
     * Takes a run out of the queue, in the owner's thread or under its lock. A later mark adds it again. If an Error
     * comes before {@link #done}, the next call returns the same run.
     *
     * @return the run, or -1 if there is none
     */
    int next() {
        if (processed == 0) {
            if (following == 0) {
                following = takeAll();
            }
            if (following == 0) {
                return -1;
            }
            long[] words = lines.of(following - 1);
            int word = queueWordOf(following - 1);
            // No call in between: an Error would lose the other runs.
            processed = following;
            following = (int) (words[word] - IN_QUEUE);
            words[word] &= ~RemoteMarks.MARKS;
        }
        // The marks are read after this, so none is missed: who sets one later sees that the run is in no queue.
        VarHandle.fullFence();
        return processed - 1;
    }

    /** Ends with the run that {@link #next} returned. */
    void done() {
        processed = 0;
    }

    /** {@return whether the owner is processing a run, which must not end before} */
    boolean isProcessing(int firstPage) {
        return processed == firstPage + 1;
    }

    /**
     * Called before a position is handed out: removes the mark of a free that lost a race with the owner's own free of
     * the same block.
     */
    void dropLate(long[] words, int position) {
        if (RemoteMarks.isSet(words, position)) {
            RemoteMarks.clear(words, position);
            lateLoserCount++;
        }
    }

    void countLateLosers(long count) {
        lateLoserCount += count;
    }

    long lateLoserCount() {
        return lateLoserCount;
    }

    /** {@return the number of runs in the queue now} */
    int count() {
        int count = 0;
        for (int page = top; page != 0; page = after(page)) {
            count++;
        }
        return count;
    }
}
