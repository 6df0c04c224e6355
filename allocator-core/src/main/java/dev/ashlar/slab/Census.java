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
    public record SlabClass(int slotByteSize, long slabCount, long liveSlotCount, long freeSlotCount) {}

    static Census of(RunSpace space) {
        SlabClass[] classes = new SlabClass[BlockStore.CLASS_COUNT];
        Arrays.setAll(classes, index -> new SlabClass(SizeClasses.slotByteSize(index), 0, 0, 0));
        long liveByteSize = space.runByteSize;
        long liveBlockCount = space.runBlockCount;
        long packedRunCount = 0;
        long packedFreeByteSize = 0;
        for (int number = 0; number < space.cutRuns.count(); number++) {
            CutRun run = space.cutRuns.get(number);
            if (run == null || run.pageCount() == 0) {
                continue;
            }
            Freed freed = Freed.in(run);
            liveBlockCount += run.liveBlockCount() - freed.count;
            switch (run) {
                case Slab slab -> {
                    SlabClass row = plus(classes[slab.sizeClass()], slab, freed.count);
                    classes[slab.sizeClass()] = row;
                    liveByteSize += (long) (slab.liveBlockCount() - freed.count) * slab.slotByteSize();
                }
                case PackedRun packed -> {
                    packedRunCount++;
                    long free = packed.freeByteSize() + freed.byteSize;
                    packedFreeByteSize += free;
                    liveByteSize += Pages.offsetOf(packed.pageCount()) - free;
                }
            }
        }
        List<SlabClass> used =
                Arrays.stream(classes).filter(row -> row.slabCount() > 0).toList();
        return new Census(liveByteSize, liveBlockCount, used, packedRunCount, packedFreeByteSize);
    }

    private static SlabClass plus(SlabClass row, Slab slab, int freedCount) {
        int live = slab.liveBlockCount() - freedCount;
        return new SlabClass(
                row.slotByteSize(),
                row.slabCount() + 1,
                row.liveSlotCount() + live,
                row.freeSlotCount() + slab.slotCount() - live);
    }

    /** Blocks that are freed but still live in their run: freed by another thread than its owner, or just now. */
    private record Freed(int count, long byteSize) {
        static Freed in(CutRun run) {
            int count = 0;
            long byteSize = 0;
            for (int word = 0; word < run.remoteWordCount(); word++) {
                for (long marks = run.remoteMarks(word); marks != 0; marks &= marks - 1) {
                    int position = run.livePositionOf(RemoteMarks.markAt(word, marks));
                    if (position >= 0) {
                        count++;
                        byteSize += run.usableByteSize(position);
                    }
                }
            }
            int last = run.owner.lastFreedPosition(run);
            if (last >= 0 && !run.isMarkedRemote(last)) {
                count++;
                byteSize += run.usableByteSize(last);
            }
            return new Freed(count, byteSize);
        }
    }
}
