package dev.ashlar.region;

import org.jspecify.annotations.Nullable;

/**
 * One region that is committed ahead of need by a thread that does not hold the heap's lock.
 *
 * <pre>
 *   none --begin, with the heap's lock--&gt; wanted --work, without it--&gt; ended --end, with it--&gt; none
 * </pre>
 *
 * <p>A thread that holds the heap's lock may wait for {@link #work}, which takes no lock of the heap. The wait is
 * shorter than a commit of its own, because this one has begun. If it has not begun, the thread does not wait for a
 * processor to run the other one, but cancels the preparation.
 *
 * <p>While a region is wanted or ended, no other may be committed or released: rungs serve one change at a time.
 */
final class Preparation {
    private static final int NONE = -1;

    private final Ladder ladder;
    /** Held while the kernel works, and to read the result. A thread that needs both takes the heap's lock first. */
    private final Object working = new Object();
    /** Changed only with the heap's lock held. */
    private volatile int region = NONE;
    /** Whether the work has not begun. Guarded by {@link #working}. */
    private boolean isWanted;
    /** The result, or null if the work has not ended or an Error cut it short. Guarded by {@link #working}. */
    private Ladder.@Nullable Attempt attempt;

    Preparation(Ladder ladder) {
        this.ladder = ladder;
    }

    /** {@return the region that is wanted or ended, or a negative number} */
    int region() {
        return region;
    }

    /** Wants a region, which is a hole. */
    void begin(int wanted) {
        synchronized (working) {
            attempt = null;
            isWanted = true;
            region = wanted;
        }
    }

    /** Commits the region that is wanted, if it is not cancelled. Pre: the heap's lock is not held. */
    void work() {
        synchronized (working) {
            if (isWanted) {
                isWanted = false;
                attempt = ladder.prepare(region);
            }
        }
    }

    /**
     * Waits for the work if it has begun, and cancels it if not.
     *
     * @return what came of it, or null if an Error cut it short, so that it is unknown whether the region is a hole
     */
    Ladder.@Nullable Attempt await() {
        synchronized (working) {
            if (isWanted) {
                attempt = Ladder.Attempt.NONE;
                isWanted = false;
            }
            return attempt;
        }
    }

    /** Forgets the region. One store: an Error cannot come in between. */
    void end() {
        region = NONE;
    }
}
