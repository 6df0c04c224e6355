package dev.ashlar.slab;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Races of a thread that frees a block with the owner, which gives the run to another owner. */
public final class HandOverRaces {
    private HandOverRaces() {}

    /** One thread frees a block; what the owner does, the tests say. */
    abstract static class HandOver extends RacedSlab {
        final CutRuns heir = heir();
        private boolean isFreed;

        final void free() {
            isFreed = freeFromAfar(block);
        }

        /** {@return where the mark is} Pre: {@code markedCount} blocks were marked in all. */
        final String outcome(int markedCount) {
            if (!isFreed) {
                return "refused";
            }
            if (!owner.remote.isIdle()) {
                return "stranded";
            }
            int waiting = run.markCount();
            if (waiting > 0 && queueCount(heir.remote) != 1) {
                return "forgotten";
            }
            drain(heir);
            return processedCount != markedCount ? "lost" : waiting > 0 ? "queued" : "processed";
        }
    }

    /** The owner gives one slab. */
    @JCStressTest
    @Outcome(id = "queued", expect = ACCEPTABLE, desc = "the run is in the queue of its new owner")
    @Outcome(id = "refused", expect = FORBIDDEN, desc = "the thread could not free its block")
    @Outcome(id = "stranded", expect = FORBIDDEN, desc = "the run is in the queue of the owner that gave it away")
    @Outcome(id = "forgotten", expect = FORBIDDEN, desc = "the run is in no queue, or twice in one")
    @Outcome(id = "lost", expect = FORBIDDEN, desc = "the new owner did not free the block")
    @State
    public static class OneRun extends HandOver {
        /** Frees the block. */
        @Actor
        public void marker() {
            free();
        }

        /** Gives the run away. */
        @Actor
        public void owner() {
            owner.giveSlab(SIZE_CLASS, heir);
        }

        /** Looks for the mark. */
        @Arbiter
        public void end(L_Result result) {
            result.r1 = outcome(1);
        }
    }

    /** The owner gives one slab, and the new owner processes its marks at once. */
    @JCStressTest
    @Outcome(id = "queued", expect = ACCEPTABLE, desc = "the run is in the queue of its new owner")
    @Outcome(id = "processed", expect = ACCEPTABLE, desc = "the new owner has freed the block")
    @Outcome(id = "refused", expect = FORBIDDEN, desc = "the thread could not free its block")
    @Outcome(id = "stranded", expect = FORBIDDEN, desc = "the run is in the queue of the owner that gave it away")
    @Outcome(id = "forgotten", expect = FORBIDDEN, desc = "the run is in no queue, or twice in one")
    @Outcome(id = "lost", expect = FORBIDDEN, desc = "the new owner did not free the block")
    @State
    public static class OneRunInUse extends HandOver {
        /** Frees the block. */
        @Actor
        public void marker() {
            free();
        }

        /** Gives the run away, to an owner that looks for marks. */
        @Actor
        public void owner() {
            owner.giveSlab(SIZE_CLASS, heir);
            drain(heir);
        }

        /** Looks for the mark. */
        @Arbiter
        public void end(L_Result result) {
            result.r1 = outcome(1);
        }
    }

    /** The owner ends: it processes its marks and gives all its runs away. */
    @JCStressTest
    @Outcome(id = "queued", expect = ACCEPTABLE, desc = "the run is in the queue of its new owner")
    @Outcome(id = "processed", expect = ACCEPTABLE, desc = "the owner has freed the block before it ended")
    @Outcome(id = "refused", expect = FORBIDDEN, desc = "the thread could not free its block")
    @Outcome(id = "stranded", expect = FORBIDDEN, desc = "the run is in the queue of the owner that has ended")
    @Outcome(id = "forgotten", expect = FORBIDDEN, desc = "the run is in no queue, or twice in one")
    @Outcome(id = "lost", expect = FORBIDDEN, desc = "no owner freed the block")
    @State
    public static class AllRuns extends HandOver {
        /** Queues the run. */
        public AllRuns() {
            allocate();
            freeFromAfar(neighbour);
        }

        /** Frees the block. */
        @Actor
        public void marker() {
            free();
        }

        /** Gives all runs away. */
        @Actor
        public void owner() {
            drain(owner);
            owner.giveAll(heir);
        }

        /** Looks for the mark. */
        @Arbiter
        public void end(L_Result result) {
            result.r1 = outcome(2);
        }
    }
}
