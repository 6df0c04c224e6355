package dev.ashlar.bench.designs;

import dev.ashlar.bench.designs.DesignsResult.Memory;
import dev.ashlar.bench.designs.DesignsResult.Sight;
import dev.ashlar.bench.designs.Load.Look;
import dev.ashlar.bench.designs.PlacementDesign.CommitUnit;
import java.util.ArrayList;
import java.util.List;

/** Runs a load in a fresh design and counts; nothing here is timed, so everything comes out the same every time. */
final class Observer {

    private final PlacementDesign design;
    private final Load load;
    private final long[] offsets;
    private long liveByteSize;
    private long committedByteSize;
    private long peakCommittedByteSize;
    private long commitCount;
    private long allocationCount;
    private long extentByteSize;

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
                    observer.extentByteSize, sights);
        }
    }

    private void run(int eventCount) {
        countCommits();
        for (int event = 0; event < eventCount; event++) {
            int slot = load.slot(event);
            int byteSize = load.byteSize(event);
            if (slot >= 0) {
                offsets[slot] = design.allocate(byteSize);
                extentByteSize = Math.max(extentByteSize, offsets[slot] + byteSize);
                liveByteSize += byteSize;
                allocationCount++;
            } else {
                design.free(offsets[~slot], byteSize);
                liveByteSize -= byteSize;
            }
            countCommits();
        }
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
