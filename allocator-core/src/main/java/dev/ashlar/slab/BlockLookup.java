package dev.ashlar.slab;

import java.lang.invoke.VarHandle;

/** What lies at an offset, asked by any thread without a lock. */
final class BlockLookup {
    private final RunSpace space;

    BlockLookup(RunSpace space) {
        this.space = space;
    }

    /** {@return what freeing a block of a cut run would come to} */
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
     * Marked, or freed last, or no longer live, in this order: the owner takes a mark away, or forgets what it freed
     * last, after the run's books say that the block is free, so that whoever knows of a free sees it ever after.
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
        // A block that is released is no start before it is not parked.
        VarHandle.loadLoadFence();
        return !run.isStart(position);
    }

    /** {@return what freeing {@code offset} would come to, without doing it} */
    FreeResult judge(long offset, Holder holder) {
        CutRun run = space.cutRunAt(offset);
        if (run == null) {
            return space.judgeRun(offset, holder);
        }
        int inRun = (int) (offset - run.firstByte());
        return judge(run, run.positionOf(inRun), inRun, holder);
    }

    /** {@return the start of the live block that contains {@code offset}, or -1 where none does} */
    long startOf(long offset) {
        CutRun run = space.cutRunAt(offset);
        if (run == null) {
            return space.runStartOf(offset);
        }
        long base = run.firstByte();
        int position = run.positionOf((int) (offset - base));
        return isFree(run, position) ? -1 : base + run.startAt(position);
    }

    /** {@return the bytes that the live block starting at {@code start} may use; 0 where it was freed meanwhile} */
    long usableByteSize(long start) {
        CutRun run = space.cutRunAt(start);
        if (run == null) {
            return space.runByteSizeAt(start);
        }
        int position = run.positionOf((int) (start - run.firstByte()));
        return position < 0 ? 0 : run.usableByteSize(position);
    }
}
