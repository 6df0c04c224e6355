package dev.ashlar.slab;

import java.util.Arrays;
import java.util.List;

/**
 * What slabs and packed runs hold, for statistics.
 *
 * @param classes one row for each size class that has a slab
 * @param packedRunCount packed runs
 * @param packedFreeByteSize free bytes inside them
 */
public record CutSpace(List<SlabClass> classes, long packedRunCount, long packedFreeByteSize) {

    /**
     * The slabs of one size class.
     *
     * @param slotByteSize bytes of each slot
     * @param slabCount slabs
     * @param liveSlotCount slots that hold a block
     * @param freeSlotCount slots that do not
     */
    public record SlabClass(int slotByteSize, long slabCount, long liveSlotCount, long freeSlotCount) {}

    static CutSpace of(CutRuns runs, int classCount) {
        SlabClass[] classes = new SlabClass[classCount];
        Arrays.setAll(classes, index -> new SlabClass(SizeClasses.slotByteSize(index), 0, 0, 0));
        long packedRunCount = 0;
        long packedFreeByteSize = 0;
        for (int number = 0; number < runs.count(); number++) {
            CutRun run = runs.get(number);
            if (run == null || run.pageCount() == 0) {
                continue;
            }
            switch (run) {
                case Slab slab -> classes[slab.sizeClass()] = plus(classes[slab.sizeClass()], slab);
                case PackedRun packed -> {
                    packedRunCount++;
                    packedFreeByteSize += packed.freeByteSize();
                }
            }
        }
        List<SlabClass> used =
                Arrays.stream(classes).filter(row -> row.slabCount() > 0).toList();
        return new CutSpace(used, packedRunCount, packedFreeByteSize);
    }

    private static SlabClass plus(SlabClass row, Slab slab) {
        int live = slab.slotCount() - slab.freeCount();
        return new SlabClass(
                row.slotByteSize(),
                row.slabCount() + 1,
                row.liveSlotCount() + live,
                row.freeSlotCount() + slab.freeCount());
    }
}
