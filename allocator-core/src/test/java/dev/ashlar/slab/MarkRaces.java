package dev.ashlar.slab;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Races of threads that mark blocks of one run, and of its owner, which processes the marks. */
public final class MarkRaces {
    private MarkRaces() {}

    /** Two threads free the same block. */
    @JCStressTest
    @Outcome(id = {"true, false", "false, true"}, expect = ACCEPTABLE, desc = "one thread freed the block")
    @Outcome(id = "true, true", expect = FORBIDDEN, desc = "both threads freed the block")
    @Outcome(id = "false, false", expect = FORBIDDEN, desc = "no thread freed the block")
    @State
    public static class OneBlock extends RacedSlab {
        /** Frees the block. */
        @Actor
        public void first(ZZ_Result result) {
            result.r1 = freeFromAfar(block);
        }

        /** Frees the block. */
        @Actor
        public void second(ZZ_Result result) {
            result.r2 = freeFromAfar(block);
        }
    }

    /** Two threads free two blocks whose marks are in one word. */
    @JCStressTest
    @Outcome(id = "true, true, 1", expect = ACCEPTABLE, desc = "both blocks are marked, and the run is queued once")
    @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "the run is in no queue")
    @Outcome(id = ".*, 2", expect = FORBIDDEN, desc = "the run is queued twice")
    @Outcome(id = ".*, -1", expect = FORBIDDEN, desc = "a mark is lost")
    @Outcome(id = "(false, .*|.*, false, .*)", expect = FORBIDDEN, desc = "a thread could not free its block")
    @State
    public static class TwoBlocks extends RacedSlab {
        /** Frees one block. */
        @Actor
        public void first(ZZI_Result result) {
            result.r1 = freeFromAfar(block);
        }

        /** Frees the other block. */
        @Actor
        public void second(ZZI_Result result) {
            result.r2 = freeFromAfar(neighbour);
        }

        /** Counts the queues. */
        @Arbiter
        public void end(ZZI_Result result) {
            result.r3 = queueCount();
            drain(owner);
            if (processedCount != 2) {
                result.r3 = -1;
            }
        }
    }

    /** A thread frees a block while the owner takes the run from the queue, with an older mark. */
    @JCStressTest
    @Outcome(id = "processed", expect = ACCEPTABLE, desc = "the owner has processed both marks")
    @Outcome(id = "queued", expect = ACCEPTABLE, desc = "the second mark waits in the queue")
    @Outcome(id = "processed, queued", expect = ACCEPTABLE,
            desc = "the owner has processed both marks, and looks at the run once more")
    @Outcome(id = "refused", expect = FORBIDDEN, desc = "the thread could not free its block")
    @Outcome(id = "forgotten", expect = FORBIDDEN, desc = "a mark is in no queue")
    @Outcome(id = "queued twice", expect = FORBIDDEN, desc = "the run is queued twice")
    @Outcome(id = "lost", expect = FORBIDDEN, desc = "the owner did not free a marked block")
    @State
    public static class Drain extends RacedSlab {
        private boolean isFreed;

        /** Queues the run. */
        public Drain() {
            freeFromAfar(block);
        }

        /** Frees the other block. */
        @Actor
        public void marker() {
            isFreed = freeFromAfar(neighbour);
        }

        /** Processes marks. */
        @Actor
        public void owner() {
            drain(owner);
        }

        /** Looks for the mark. */
        @Arbiter
        public void end(L_Result result) {
            result.r1 = outcome();
        }

        private String outcome() {
            if (!isFreed) {
                return "refused";
            }
            int markCount = run.markCount();
            int queueCount = queueCount();
            drain(owner);
            if (queueCount > 1) {
                return "queued twice";
            }
            if (markCount > 0) {
                return queueCount == 0 ? "forgotten" : processedCount == 2 ? "queued" : "lost";
            }
            return processedCount != 2 ? "lost" : queueCount == 0 ? "processed" : "processed, queued";
        }
    }
}
