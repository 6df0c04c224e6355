package dev.ashlar.slab;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/** Races of two threads that free one block of whole pages. */
public final class LargeRunRaces {
    private LargeRunRaces() {}

    /** A block of whole pages, and two threads that may keep it. */
    abstract static class Freed {
        private static final int PAGE_COUNT = 3;

        final RunSpace space = Stores.space(1, Eraser.NONE);
        final KeptRun mine = new KeptRun(space, 1);
        final KeptRun yours = new KeptRun(space, 2);
        final long block = space.allocateRun(Pages.offsetOf(PAGE_COUNT), 0, Temperature.HOT, Holder.ADDRESS);

        /** {@return what the bookkeeping says in the end} Both threads give back what they keep. */
        final String outcome() {
            boolean isLive = space.runByteSizeAt(block) != 0;
            mine.release();
            yours.release();
            boolean isGone = space.runBlockCount == 0 && space.runByteSize == 0;
            return isLive ? "live" : isGone ? "free" : "held";
        }
    }

    /** One thread keeps the block, the other gives its pages back. */
    @JCStressTest
    @Outcome(id = {"true, false, free", "false, true, free"}, expect = ACCEPTABLE, desc = "one thread freed the block")
    @Outcome(id = "true, true, .*", expect = FORBIDDEN, desc = "both threads freed the block")
    @Outcome(id = "false, false, .*", expect = FORBIDDEN, desc = "no thread freed the block")
    @Outcome(id = ".*, live", expect = FORBIDDEN, desc = "the freed block is live")
    @Outcome(id = ".*, held", expect = FORBIDDEN, desc = "the pages of the freed block are not free")
    @State
    public static class KeptAndGivenBack extends Freed {
        /** Keeps the block. */
        @Actor
        public void keeper(ZZL_Result result) {
            result.r1 = mine.keep(block, Holder.ADDRESS);
        }

        /** Frees the block under the lock. */
        @Actor
        public void other(ZZL_Result result) {
            result.r2 = space.freeRun(block, Holder.ADDRESS) == FreeResult.DONE;
        }

        /** Looks at the block. */
        @Arbiter
        public void end(ZZL_Result result) {
            result.r3 = outcome();
        }
    }

    /** Both threads keep the block. */
    @JCStressTest
    @Outcome(id = {"true, false, free", "false, true, free"}, expect = ACCEPTABLE, desc = "one thread keeps the block")
    @Outcome(id = "true, true, .*", expect = FORBIDDEN, desc = "both threads keep the block")
    @Outcome(id = "false, false, .*", expect = FORBIDDEN, desc = "no thread freed the block")
    @Outcome(id = ".*, live", expect = FORBIDDEN, desc = "the freed block is live")
    @Outcome(id = ".*, held", expect = FORBIDDEN, desc = "the pages of the freed block are not free")
    @State
    public static class KeptTwice extends Freed {
        /** Keeps the block. */
        @Actor
        public void keeper(ZZL_Result result) {
            result.r1 = mine.keep(block, Holder.ADDRESS);
        }

        /** Keeps the block. */
        @Actor
        public void other(ZZL_Result result) {
            result.r2 = yours.keep(block, Holder.ADDRESS);
        }

        /** Looks at the block. */
        @Arbiter
        public void end(ZZL_Result result) {
            result.r3 = outcome();
        }
    }
}
