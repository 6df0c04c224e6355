package dev.ashlar.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** Runs of one owner with blocks that other threads have freed: any thread pushes, the owner takes all. */
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

    /** Who took over when the owner's thread had ended. */
    private volatile @Nullable RunQueue heir;

    boolean isEmpty() {
        return top == null;
    }

    /** Puts a run with marks on the list; any thread. Pre: it stands in none, and the caller entered it. */
    void push(CutRun run) {
        CutRun below;
        do {
            below = top;
            run.nextQueued = below;
        } while (!TOP.compareAndSet(this, below, run));
        // The owner may have been inherited in between; then nobody looks here any more.
        RunQueue successor = heir;
        if (successor != null) {
            passOn(successor);
        }
    }

    /**
     * Takes all.
     *
     * @return the first; {@link RemoteMarks#nextQueued} leads to the others
     */
    @Nullable CutRun takeAll() {
        return (CutRun) TOP.getAndSet(this, (CutRun) null);
    }

    /** Sends what is here and what may still come to another queue. */
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

    /** {@return how many stand here now} */
    int count() {
        int count = 0;
        for (CutRun run = top; run != null; run = run.nextQueued) {
            count++;
        }
        return count;
    }
}
