package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.util.Arrays;
import java.util.List;

/**
 * The live contents of a store, counted run by run on request, so that an allocation counts nothing.
 *
 * @param liveByteSize bytes that live blocks occupy, rounding included
 * @param liveBlockCount live blocks
 * @param classes one row for each size class that has a slab
 * @param packedRunCount packed runs
 * @param packedFreeByteSize free bytes inside them
 */
public record Census(
        long liveByteSize,
        long liveBlockCount,
        List<SlabClass> classes,
        long packedRunCount,
        long packedFreeByteSize) {

    /**
     * The slabs of one size class.
     *
     * @param slotByteSize bytes of each slot
     * @param slabCount slabs
     * @param liveSlotCount slots that hold a block
     * @param freeSlotCount slots that do not
     */
    public record SlabClass(int slotByteSize, long slabCount, long liveSlotCount, long freeSlotCount) {
        private SlabClass plus(long liveCount, long freeCount) {
            return new SlabClass(slotByteSize, slabCount + 1, liveSlotCount + liveCount, freeSlotCount + freeCount);
        }
    }

    static Census of(RunSpace space, Owners owners) {
        Lines lines = space.lines;
        SlabClass[] classes = new SlabClass[SizeClasses.SLOT_CLASS_COUNT];
        Arrays.setAll(classes, index -> new SlabClass(SizeClasses.byteSize(index), 0, 0, 0));
        long liveByteSize = space.runByteSize;
        long liveBlockCount = space.runBlockCount;
        for (SlabOwner owner : owners.all()) {
            long kept = owner.parking.run.byteSize();
            liveByteSize -= kept;
            liveBlockCount -= kept > 0 ? 1 : 0;
        }
        long packedRunCount = 0;
        long packedFreeByteSize = 0;
        for (int page = lines.nextRun(0); page >= 0;) {
            long first = lines.first(page);
            int pageCount = RunWord.pageCount(first);
            Live live = Live.in(lines, owners, page, first);
            liveBlockCount += live.count;
            liveByteSize += live.byteSize;
            if (RunWord.isPacked(first)) {
                packedRunCount++;
                packedFreeByteSize += Pages.offsetOf(pageCount) - live.byteSize;
            } else {
                int sizeClass = RunWord.sizeClass(first);
                long slotCount = RunWord.placeCount(RunWord.cut(first), pageCount);
                classes[sizeClass] = classes[sizeClass].plus(live.count, slotCount - live.count);
            }
            page = lines.nextRun(page + pageCount);
        }
        List<SlabClass> used =
                Arrays.stream(classes).filter(row -> row.slabCount() > 0).toList();
        return new Census(liveByteSize, liveBlockCount, used, packedRunCount, packedFreeByteSize);
    }

    /** The blocks of a run that are neither parked, nor freed by another thread, nor freed just now. */
    private record Live(long count, long byteSize) {
        static Live in(Lines lines, Owners owners, int firstPage, long first) {
            long count = 0;
            long byteSize = 0;
            for (int index = 0; index < Lines.lineCount(first); index++) {
                long[] words = lines.bitsOf(firstPage, first, index);
                int position = lines.positionOf(firstPage, first, index);
                int line = BlockBits.lineOf(position);
                long marked = (words[line + Lines.MARKS] & RemoteMarks.MARKS)
                        | (words[line + Lines.MARKS + 1] << Integer.SIZE);
                long live = words[line] & ~words[line + Lines.PARKED] & ~marked;
                count += Long.bitCount(live);
                for (; live != 0; live &= live - 1) {
                    byteSize += CutRuns.usableByteSize(first, words, position + Long.numberOfTrailingZeros(live));
                }
            }
            SlabOwner owner = owners.of(RunWord.ownerId(first));
            // One read, because figures are read while the owner works.
            long last = owners.lastFreed(RunWord.ownerId(first)).offset;
            if (owner != null
                    && last != LastFreed.NONE
                    && lines.startsIn(last, firstPage)
                    && isCounted(lines, last)) {
                count--;
                byteSize -= owner.parking.lastFreedByteSize();
            }
            return new Live(count, byteSize);
        }

        /** {@return whether the lines say that a block is live; another thread may have marked it} */
        private static boolean isCounted(Lines lines, long offset) {
            long[] region = lines.atOffset(offset);
            int line = Lines.lineAt(offset);
            long run = lines.runAt(offset);
            long[] words = region == null || run == RunWord.NONE ? null : lines.array(region, line, run);
            if (region == null || words == null) {
                return false;
            }
            int position = Lines.position(region, line, run, offset);
            return BlockBits.isLive(words, position) && !RemoteMarks.isSet(words, position);
        }
    }
}
