package dev.ashlar.slab;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.ashlar.memory.Temperature;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Races of a thread that looks an address up with the owner, which opens or ends the run there. */
public final class NewRunRaces {
    /** The owners have freed no block last. */
    private static final Owners OWNERS = Owners.none(Stores.space(1, Eraser.NONE));

    private static final int SIZE_CLASS = SizeClasses.of(128);
    private static final int OTHER_SIZE_CLASS = SizeClasses.of(192);
    private static final int IN_BOTH = 100;

    private NewRunRaces() {}

    /** One thread looks up an address at the start of the first run. */
    abstract static class FirstRun {
        final RunSpace space = Stores.space(1, Eraser.NONE);
        final CutRuns owner = new CutRuns(space, new OwnerQueues(space.lines, 2), 1);
        private final BlockLookup lookup = new BlockLookup(space, OWNERS);

        final long allocate(int sizeClass) {
            owner.openSlab(sizeClass, Temperature.HOT);
            return owner.slabs.allocate(sizeClass, Holder.ADDRESS, Stores.takingOneSlot());
        }

        /** {@return what the lookup finds} The first slot of the first run starts at 0. */
        final String find() {
            long start = lookup.startOf(IN_BOTH);
            return start < 0 ? "none" : start == 0 ? "first slot" : "wrong";
        }
    }

    /** The owner opens a slab and takes a slot. */
    @JCStressTest
    @Outcome(id = "none", expect = ACCEPTABLE, desc = "the slot was not taken yet")
    @Outcome(id = "first slot", expect = ACCEPTABLE, desc = "the slot was taken")
    @Outcome(expect = FORBIDDEN, desc = "the reader finds a block that is not there")
    @State
    public static class Opened extends FirstRun {
        /** Takes a slot. */
        @Actor
        public void owner() {
            allocate(SIZE_CLASS);
        }

        /** Looks for it. */
        @Actor
        public void reader(L_Result result) {
            result.r1 = find();
        }
    }

    /** The owner frees the only slot of a slab, and opens a slab of another size in its place. */
    @JCStressTest
    @Outcome(id = "none", expect = ACCEPTABLE, desc = "the old slot was freed, the new one not taken")
    @Outcome(id = "first slot", expect = ACCEPTABLE, desc = "the old or the new slot")
    @Outcome(expect = FORBIDDEN, desc = "the reader finds a block that is not there")
    @State
    public static class Replaced extends FirstRun {
        private final long block = allocate(SIZE_CLASS);

        /** Replaces the run. */
        @Actor
        public void owner() {
            owner.release(block);
            owner.releaseVacant();
            allocate(OTHER_SIZE_CLASS);
        }

        /** Looks for a slot. */
        @Actor
        public void reader(L_Result result) {
            result.r1 = find();
        }
    }
}
