package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.lang.invoke.VarHandle;

/** Finds what lies at an offset, from any thread, without a lock. */
final class BlockLookup {
    private final RunSpace space;
    private final Lines lines;
    private final Owners owners;

    BlockLookup(RunSpace space, Owners owners) {
        this.space = space;
        this.lines = space.lines;
        this.owners = owners;
    }

    /** {@return what freeing {@code offset} would return, without freeing it} */
    FreeResult judge(long offset, Holder holder) {
        if (lines.runAt(offset) == RunWord.NONE) {
            return space.judgeRun(offset, holder);
        }
        long start = startOf(offset);
        if (start < 0) {
            return FreeResult.NOT_LIVE;
        }
        if (start != offset) {
            return FreeResult.INTERIOR;
        }
        return holderAt(start) == holder ? FreeResult.DONE : FreeResult.HELD_OTHERWISE;
    }

    private Holder holderAt(long start) {
        long[] region = lines.atOffset(start);
        int line = Lines.lineAt(start);
        long run = lines.runAt(start);
        long[] words = region == null ? null : lines.array(region, line, run);
        return region == null || words == null
                ? Holder.ADDRESS
                : BlockBits.holder(run, words, Lines.position(region, line, run, start));
    }

    /** {@return the start of the live block that contains {@code offset}, or -1 if there is none} */
    long startOf(long offset) {
        long run = lines.runAt(offset);
        if (run == RunWord.NONE) {
            return space.runStartOf(offset);
        }
        long start = RunWord.isPacked(run) ? packedStart(run, offset) : offset - RunWord.inPlace(run, offset);
        return start >= 0 && isLive(run, start) ? start : -1;
    }

    /** {@return the start of the packed block, live or parked, that covers an offset, or -1 if there is none} */
    private long packedStart(long run, long offset) {
        int page = Pages.indexOf(offset);
        long[] region = lines.of(page);
        int position = Lines.position(region, Lines.lineOf(page), run, offset);
        int start = BlockBits.startOf(region, position, Lines.positionOf(Lines.firstPage(page, run)));
        return start < 0 ? -1 : Lines.offsetOf(page, start);
    }

    /**
     * Checks marks, then the last freed block, then the lines. The owner removes a mark, or forgets its last freed
     * block, only after the lines say that the block is free; so in this order no free is missed.
     */
    private boolean isLive(long run, long start) {
        long[] region = lines.atOffset(start);
        int line = Lines.lineAt(start);
        long[] words = region == null ? null : lines.array(region, line, run);
        if (region == null || words == null) {
            return false;
        }
        int position = Lines.position(region, line, run, start);
        if (RemoteMarks.isSet(words, position) || isLastFreed(run, start)) {
            return false;
        }
        VarHandle.loadLoadFence();
        if (BlockBits.isParked(words, position)) {
            return false;
        }
        // The start bit of a released block is cleared before its parked bit.
        VarHandle.loadLoadFence();
        return BlockBits.isStart(words, position);
    }

    private boolean isLastFreed(long run, long start) {
        return owners.lastFreed(RunWord.ownerId(run)).offset == start;
    }

    /** {@return the usable bytes of the live block that starts at {@code start}; 0 if it was freed meanwhile} */
    long usableByteSize(long start) {
        long run = lines.runAt(start);
        if (run == RunWord.NONE) {
            return space.runByteSizeAt(start);
        }
        if (startOf(start) != start) {
            return 0;
        }
        if (!RunWord.isPacked(run)) {
            return RunWord.placeByteSize(run);
        }
        int page = Pages.indexOf(start);
        return CutRuns.usableByteSize(run, lines.of(page), Lines.position(lines.of(page), 0, run, start));
    }
}
