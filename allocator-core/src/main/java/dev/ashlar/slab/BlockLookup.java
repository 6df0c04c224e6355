package dev.ashlar.slab;

import java.lang.invoke.VarHandle;

/** Finds what lies at an offset, from any thread, without a lock. */
final class BlockLookup {
    private final RunSpace space;

    BlockLookup(RunSpace space) {
        this.space = space;
    }

    /** {@return what the free of a block of a cut run would return} */
    static FreeResult judge(CutRun run, int position, int inRun, Holder holder) {
        if (isFree(run, position)) {
            return FreeResult.NOT_LIVE;
        }
        if (run.startAt(position) != inRun) {
            return FreeResult.INTERIOR;
        }
        return run.holder(position) == holder ? FreeResult.DONE : FreeResult.HELD_OTHERWISE;
    }

    /**
     * Checks marks, then the last freed block, then the books. The owner removes a mark, or forgets its last freed
     * block, only after the books say that the block is free; so in this order no free is missed.
     */
    private static boolean isFree(CutRun run, int position) {
        if (position < 0
                || run.isMarkedRemote(position)
                || run.owner.isLastFreed(run.firstByte() + run.startAt(position))) {
            return true;
        }
        VarHandle.loadLoadFence();
        if (run.isParked(position)) {
            return true;
        }
        // The start bit of a released block is cleared before its parked bit.
        VarHandle.loadLoadFence();
        return !run.isStart(position);
    }

    /** {@return what freeing {@code offset} would return, without freeing it} */
    FreeResult judge(long offset, Holder holder) {
        CutRun run = space.cutRunAt(offset);
        if (run == null) {
            return space.judgeRun(offset, holder);
        }
        int inRun = (int) (offset - run.firstByte());
        return judge(run, run.positionOf(inRun), inRun, holder);
    }

    /** {@return the start of the live block that contains {@code offset}, or -1 if there is none} */
    long startOf(long offset) {
        CutRun run = space.cutRunAt(offset);
        if (run == null) {
            return space.runStartOf(offset);
        }
        long base = run.firstByte();
        int position = run.positionOf((int) (offset - base));
        return isFree(run, position) ? -1 : base + run.startAt(position);
    }

    /** {@return the usable bytes of the live block that starts at {@code start}; 0 if it was freed meanwhile} */
    long usableByteSize(long start) {
        CutRun run = space.cutRunAt(start);
        if (run == null) {
            return space.runByteSizeAt(start);
        }
        int position = run.positionOf((int) (start - run.firstByte()));
        return position < 0 ? 0 : run.usableByteSize(position);
    }
}
