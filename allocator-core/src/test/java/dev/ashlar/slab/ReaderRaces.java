package dev.ashlar.slab;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.ashlar.memory.Temperature;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Races of a thread that reads the lines with the owner of the run, which changes them. */
public final class ReaderRaces {
    private ReaderRaces() {}

    /** A thread reads the length of its own packed block while the owner places blocks behind it and frees them. */
    @JCStressTest
    @Outcome(id = "5, 5", expect = ACCEPTABLE, desc = "the length is right")
    @Outcome(expect = FORBIDDEN, desc = "the length is wrong")
    @State
    public static class LengthInALine {
        private static final int FIRST = 3;
        private final PackedRun run = PackedRun.open(Stores.space(1, Eraser.NONE));

        /** Places the block. */
        public LengthInALine() {
            run.take(FIRST, 5, Holder.ADDRESS);
        }

        /** Reads the length. */
        @Actor
        public void reader(II_Result result) {
            result.r1 = run.granuleCountOf(FIRST);
            result.r2 = run.granuleCountOf(FIRST);
        }

        /** Changes the neighbours. */
        @Actor
        public void owner() {
            run.take(FIRST + 5, 2, Holder.OBJECT);
            run.take(0, FIRST, Holder.OBJECT);
            run.free(FIRST + 5);
            run.take(FIRST + 5, 3, Holder.ADDRESS);
            run.free(0);
            run.free(FIRST + 5);
        }
    }

    /** The block ends where a line ends. */
    @JCStressTest
    @Outcome(id = "5, 5", expect = ACCEPTABLE, desc = "the length is right")
    @Outcome(expect = FORBIDDEN, desc = "the length is wrong")
    @State
    public static class LengthAtTheEndOfALine {
        private static final int FIRST = BlockBits.POSITIONS_PER_LINE - 5;
        private final PackedRun run = PackedRun.open(Stores.space(1, Eraser.NONE));

        /** Places the block. */
        public LengthAtTheEndOfALine() {
            run.take(FIRST, 5, Holder.ADDRESS);
        }

        /** Reads the length. */
        @Actor
        public void reader(II_Result result) {
            result.r1 = run.granuleCountOf(FIRST);
            result.r2 = run.granuleCountOf(FIRST);
        }

        /** Changes the block behind it. */
        @Actor
        public void owner() {
            run.take(FIRST + 5, BlockBits.POSITIONS_PER_LINE + 2, Holder.OBJECT);
            run.free(FIRST + 5);
            run.take(FIRST + 5, 2, Holder.ADDRESS);
            run.free(FIRST + 5);
        }
    }

    /** A block is parked or marked before the owner frees its place. */
    abstract static class Released extends RacedSlab {
        /** They have freed no block last. */
        private static final Owners OWNERS = Owners.none(Stores.space(1, Eraser.NONE));

        private static final int READ_COUNT = 20;

        private final BlockLookup lookup = new BlockLookup(space, OWNERS);

        /** Looks often for the block, and whether it can be freed: the owner is in between for a moment only. */
        final void read(long offset, ZZ_Result result) {
            for (int time = 0; time < READ_COUNT; time++) {
                result.r1 |= lookup.startOf(offset) >= 0;
                result.r2 |= isFreeable(offset);
            }
        }

        final void park(long offset) {
            space.lines.of(run.firstPage)[BlockBits.parkedWordOf(Lines.granuleOf(offset))] |=
                    BlockBits.bit(Lines.granuleOf(offset));
        }
    }

    /** The owner frees the place of a parked slot. */
    @JCStressTest
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "the reader does not see a live block")
    @Outcome(expect = FORBIDDEN, desc = "the reader sees a live block")
    @State
    public static class ParkedSlot extends Released {
        /** Parks the block. */
        public ParkedSlot() {
            park(block);
        }

        /** Looks for the block, and whether it can be freed. */
        @Actor
        public void reader(ZZ_Result result) {
            read(block, result);
        }

        /** Frees its place. */
        @Actor
        public void owner() {
            owner.release(block);
        }
    }

    /** The owner frees the place of a parked packed block. */
    @JCStressTest
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "the reader does not see a live block")
    @Outcome(expect = FORBIDDEN, desc = "the reader sees a live block")
    @State
    public static class ParkedGranules extends Released {
        private final long packed;

        /** Parks the block. */
        public ParkedGranules() {
            owner.openPackedRun(Temperature.HOT);
            packed = owner.packed.allocate(5, 1, Holder.ADDRESS);
            park(packed);
        }

        /** Looks for the block, and whether it can be freed. */
        @Actor
        public void reader(ZZ_Result result) {
            read(packed, result);
        }

        /** Frees its place. */
        @Actor
        public void owner() {
            owner.release(packed);
        }
    }

    /** The owner processes the mark of a block. */
    @JCStressTest
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "the reader does not see a live block")
    @Outcome(expect = FORBIDDEN, desc = "the reader sees a live block")
    @State
    public static class MarkedSlot extends Released {
        /** Marks the block. */
        public MarkedSlot() {
            freeFromAfar(block);
        }

        /** Looks for the block, and whether it can be freed. */
        @Actor
        public void reader(ZZ_Result result) {
            read(block, result);
        }

        /** Processes the mark. */
        @Actor
        public void owner() {
            drain(owner);
        }
    }
}
