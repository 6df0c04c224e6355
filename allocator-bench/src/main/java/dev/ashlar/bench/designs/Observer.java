package dev.ashlar.bench.designs;

import dev.ashlar.bench.designs.DesignsResult.Memory;
import dev.ashlar.bench.designs.DesignsResult.Sight;
import dev.ashlar.bench.designs.Load.Look;
import dev.ashlar.bench.designs.PlacementDesign.CommitUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs a load in a fresh design and counts; nothing here is timed, so everything comes out the same every time. */
final class Observer {

    /** Code that has just run costs its caller about 50 ns when it is written again before so many other blocks. */
    private static final int SOON_FREE_COUNT = 64;

    private static final int GRANULE_BYTE_SIZE = 64;

    private final PlacementDesign design;
    private final Load load;
    private final long[] offsets;
    private long liveByteSize;
    private long committedByteSize;
    private long peakCommittedByteSize;
    private long commitCount;
    private long allocationCount;
    private long extentByteSize;
    private long freeCount;
    /** For each granule the number of the free that it was part of last; 0 = none. */
    private int[] lastFree = new int[1 << 16];
    private long allocationsAfterFrees;
    private long allocationsOfWarmMemory;

    private Observer(PlacementDesign design, Load load) {
        this.design = design;
        this.load = load;
        this.offsets = new long[load.slotCount()];
    }

    /** {@return what a design needs for a load} */
    static Memory observe(Design kind, Load load, Ground ground) {
        List<Sight> sights = new ArrayList<>();
        for (Look look : load.looks()) {
            // A fresh one for each: asking for the largest place that is left changes a design a little.
            try (PlacementDesign design = kind.on(ground)) {
                Observer observer = new Observer(design, load);
                observer.run(look.eventCount());
                sights.add(observer.sight(look.name()));
            }
        }
        try (PlacementDesign design = kind.on(ground)) {
            Observer observer = new Observer(design, load);
            observer.run(load.eventCount());
            return new Memory(observer.peakCommittedByteSize, observer.permissionChangeCount(),
                    observer.rewrittenSoonPart(), observer.extentByteSize, sights);
        }
    }

    private void run(int eventCount) {
        countCommits();
        for (int event = 0; event < eventCount; event++) {
            int slot = load.slot(event);
            int byteSize = load.byteSize(event);
            if (slot >= 0) {
                offsets[slot] = design.allocate(byteSize);
                noteAllocated(offsets[slot], byteSize);
            } else {
                design.free(offsets[~slot], byteSize);
                noteFreed(offsets[~slot], byteSize);
            }
            countCommits();
        }
    }

    private void noteAllocated(long offset, int byteSize) {
        extentByteSize = Math.max(extentByteSize, offset + byteSize);
        liveByteSize += byteSize;
        allocationCount++;
        if (freeCount > 0) {
            allocationsAfterFrees++;
            int end = Math.min(endGranule(offset, byteSize), lastFree.length);
            long recent = Math.max(1, freeCount - SOON_FREE_COUNT + 1);
            for (int granule = (int) (offset / GRANULE_BYTE_SIZE); granule < end; granule++) {
                if (lastFree[granule] >= recent) {
                    allocationsOfWarmMemory++;
                    return;
                }
            }
        }
    }

    private void noteFreed(long offset, int byteSize) {
        liveByteSize -= byteSize;
        freeCount++;
        int end = endGranule(offset, byteSize);
        if (end > lastFree.length) {
            lastFree = Arrays.copyOf(lastFree, Math.max(end, 2 * lastFree.length));
        }
        Arrays.fill(lastFree, (int) (offset / GRANULE_BYTE_SIZE), end, (int) freeCount);
    }

    private static int endGranule(long offset, int byteSize) {
        return (int) Math.ceilDiv(offset + byteSize, GRANULE_BYTE_SIZE);
    }

    private double rewrittenSoonPart() {
        return allocationsAfterFrees == 0 ? 0 : (double) allocationsOfWarmMemory / allocationsAfterFrees;
    }

    private void countCommits() {
        long now = design.committedByteSize();
        if (now > committedByteSize) {
            commitCount += (now - committedByteSize) / PlacementDesign.REGION_BYTE_SIZE;
            peakCommittedByteSize = Math.max(peakCommittedByteSize, now);
        }
        committedByteSize = now;
    }

    /** A region gets its permissions once, when it is committed; a mapping when its code is complete. */
    private long permissionChangeCount() {
        return design.commitUnit() == CommitUnit.REGION ? commitCount : allocationCount;
    }

    private Sight sight(String name) {
        Footprint footprint = design.footprint();
        return new Sight(name, liveByteSize, footprint.heldByteSize(), footprint.committedByteSize(),
                footprint.regions(), footprint.vmas(), largestFit(), footprint.metadataByteSize());
    }

    /** {@return bytes of the longest block, in whole pages, that finds a place without another region} */
    private long largestFit() {
        design.trim();
        long committed = design.committedByteSize();
        long fitting = 0;
        long tooLong = committed / PlacementDesign.PAGE_BYTE_SIZE + 1;
        while (tooLong - fitting > 1) {
            long tried = (fitting + tooLong) / 2;
            if (fits(tried * PlacementDesign.PAGE_BYTE_SIZE, committed)) {
                fitting = tried;
            } else {
                tooLong = tried;
            }
        }
        return fitting * PlacementDesign.PAGE_BYTE_SIZE;
    }

    private boolean fits(long byteSize, long committed) {
        long offset = design.allocate(byteSize);
        boolean fits = design.committedByteSize() == committed;
        design.free(offset, byteSize);
        design.trim();
        return fits;
    }
}
