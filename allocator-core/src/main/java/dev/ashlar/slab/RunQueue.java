package dev.ashlar.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** The runs of one owner with blocks that other threads have freed. Any thread pushes; the owner takes all. */
final class RunQueue {
    private static final VarHandle TOP;

    static {
        try {
            TOP = MethodHandles.lookup().findVarHandle(RunQueue.class, "top", CutRun.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // written through TOP
    private volatile @Nullable CutRun top;

    /** The run that the owner is processing, and those that it has taken and not processed. */
    private @Nullable CutRun processed;

    private @Nullable CutRun following;
    private boolean isResumed;

    /** The queue of the owner that took over after the owner's thread ended. */
    private volatile @Nullable RunQueue heir;

    boolean isEmpty() {
        return top == null;
    }

    /**
     * Begins to process the runs, in the owner's thread or under its lock. If an Error cuts that short, the next
     * {@link #begin} continues with the same run.
     *
     * @return whether there is a run
     */
    boolean begin() {
        if (processed == null && following == null) {
            following = takeAll();
        }
        isResumed = processed != null;
        return processed != null || following != null;
    }

    /** {@return the next run, or null if there is none; call {@link #done} after each} */
    @Nullable CutRun next() {
        if (isResumed) {
            isResumed = false;
            return processed;
        }
        CutRun run = following;
        if (run != null) {
            // No call in between: an Error would lose the other runs.
            following = run.nextQueued;
            run.nextQueued = null;
            processed = run;
        }
        return run;
    }

    /** Ends with the run that {@link #next} returned. */
    void done() {
        processed = null;
    }

    /** Adds a run with marks, from any thread. Pre: the run is in no queue, and the caller has to add it. */
    void push(CutRun run) {
        CutRun below;
        do {
            below = top;
            run.nextQueued = below;
        } while (!TOP.compareAndSet(this, below, run));
        // Another owner may have taken over meanwhile; then this queue is no longer read.
        RunQueue successor = heir;
        if (successor != null) {
            passOn(successor);
        }
    }

    /**
     * Takes all.
     *
     * @return the first run; {@link RemoteMarks#nextQueued} leads to the others
     */
    @Nullable CutRun takeAll() {
        return (CutRun) TOP.getAndSet(this, (CutRun) null);
    }

    /** Passes each run to the queue of its owner. */
    void reroute() {
        CutRun run = takeAll();
        while (run != null) {
            CutRun following = run.nextQueued;
            run.owner.enqueue(run);
            run = following;
        }
    }

    /** Forwards all present and future runs to another queue. */
    void bequeath(RunQueue successor) {
        heir = successor;
        passOn(successor);
    }

    private void passOn(RunQueue successor) {
        CutRun run = takeAll();
        while (run != null) {
            CutRun following = run.nextQueued;
            successor.push(run);
            run = following;
        }
    }

    /** {@return the number of runs in the queue now} */
    int count() {
        int count = 0;
        for (CutRun run = top; run != null; run = run.nextQueued) {
            count++;
        }
        return count;
    }
}
