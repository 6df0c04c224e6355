package dev.ashlar.slab;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.ashlar.memory.Temperature;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Races of a thread that frees a block with the owner, which frees the same block, ends the life of the run, and places
 * a block of the next run there.
 */
public final class EndRaces {
    private EndRaces() {}

    /** The run is vacant but for one block, which the owner and the thread both free. */
    abstract static class Ending extends RacedSlab {
        long found;
        boolean isMarked;
        private boolean isEnded;
        private long next;

        Ending() {
            owner.release(neighbour);
        }

        final void endAndReopen() {
            owner.releaseVacant();
            isEnded = !run.isOpen();
            owner.openSlab(SIZE_CLASS, Temperature.HOT);
            next = allocate();
        }

        final String outcome() {
            boolean isNextLife = RemoteMarks.life(found) != run.life;
            if (!isEnded) {
                drain(owner);
                boolean isCounted = owner.remote.lateLoserCount() == 1 && processedCount == 0;
                return !isMarked ? "not ended" : isCounted ? "queued" : "lost";
            }
            if (next != block) {
                return "elsewhere";
            }
            Run successor = Run.at(space, next);
            if (isMarked && isNextLife) {
                boolean isRight = successor.markCount() == 1 && queueCount() == 1;
                return isRight ? "freed in the next life" : "lost";
            }
            if (successor.markCount() != 0) {
                return "marked in the next life";
            }
            if (queueCount() != 0) {
                return "queued in the next life";
            }
            long dropped = owner.remote.lateLoserCount();
            return dropped != (isMarked ? 1 : 0) ? "lost" : isMarked ? "dropped" : "not marked";
        }
    }

    /** The thread has found the block live, and the owner has freed it, before the race begins. */
    @JCStressTest
    @Outcome(id = "not marked", expect = ACCEPTABLE, desc = "the run had ended, and the thread set no mark")
    @Outcome(id = "dropped", expect = ACCEPTABLE, desc = "the mark was dropped when the run ended, and counted")
    @Outcome(id = "queued", expect = ACCEPTABLE, desc = "the run was in a queue, so it did not end")
    @Outcome(id = "lost", expect = FORBIDDEN, desc = "a mark was set and not counted")
    @Outcome(id = "not ended", expect = FORBIDDEN, desc = "the run did not end, and no mark was the reason")
    @Outcome(id = "elsewhere", expect = FORBIDDEN, desc = "the next run lies elsewhere")
    @Outcome(id = "marked in the next life", expect = FORBIDDEN, desc = "a mark survived the end of the run")
    @Outcome(id = "queued in the next life", expect = FORBIDDEN, desc = "a late mark queued the next run")
    @State
    public static class LateMark extends Ending {
        /** Reads the life. */
        public LateMark() {
            found = life(block);
            owner.release(block);
        }

        /** Marks the block. */
        @Actor
        public void marker() {
            isMarked = mark(block, found);
        }

        /** Ends the run. */
        @Actor
        public void owner() {
            endAndReopen();
        }

        /** Looks for the mark. */
        @Arbiter
        public void end(L_Result result) {
            result.r1 = outcome();
        }
    }

    /** The thread looks at the block, and the owner frees it, during the race. */
    @JCStressTest
    @Outcome(id = "not marked", expect = ACCEPTABLE, desc = "the thread found no live block, or set no mark")
    @Outcome(id = "dropped", expect = ACCEPTABLE, desc = "the mark was dropped when the run ended, and counted")
    @Outcome(id = "queued", expect = ACCEPTABLE, desc = "the run was in a queue, so it did not end")
    @Outcome(id = "freed in the next life", expect = ACCEPTABLE, desc = "the thread freed the block of the next run")
    @Outcome(id = "lost", expect = FORBIDDEN, desc = "a mark was set and not counted")
    @Outcome(id = "not ended", expect = FORBIDDEN, desc = "the run did not end, and no mark was the reason")
    @Outcome(id = "elsewhere", expect = FORBIDDEN, desc = "the next run lies elsewhere")
    @Outcome(id = "marked in the next life", expect = FORBIDDEN, desc = "a mark survived the end of the run")
    @Outcome(id = "queued in the next life", expect = FORBIDDEN, desc = "a late mark queued the next run")
    @State
    public static class LateFree extends Ending {
        /** Frees the block. */
        @Actor
        public void marker() {
            found = life(block);
            isMarked = isFreeable(block) && mark(block, found);
        }

        /** Ends the run. */
        @Actor
        public void owner() {
            owner.release(block);
            endAndReopen();
        }

        /** Looks for the mark. */
        @Arbiter
        public void end(L_Result result) {
            result.r1 = outcome();
        }
    }
}
