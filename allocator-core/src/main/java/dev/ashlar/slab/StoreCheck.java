package dev.ashlar.slab;

import dev.ashlar.region.Pages;

/** Compares the parts of a store with each other, page by page and list by list. Slow: for tests. */
final class StoreCheck {
    private final RunSpace space;
    private final Owners owners;

    private long heldPageCount;
    private long runByteSize;
    private int slabWithRoomCount;
    private int packedRunCount;
    private int queuedCount;
    private long runBlockCount;

    StoreCheck(RunSpace space, Owners owners) {
        this.space = space;
        this.owners = owners;
    }

    /**
     * Checks that blocks and cut runs account for all held pages, that they hold only these, and that all lists are
     * right.
     */
    void run() {
        int slabsInBins = 0;
        int packedInPools = 0;
        int inQueues = 0;
        for (SlabOwner owner : owners.all()) {
            slabsInBins += owner.checkedSlabCount();
            packedInPools += owner.checkedPackedRunCount();
            inQueues += owner.queuedRunCount();
        }
        for (int number = 0; number < space.cutRuns.count(); number++) {
            CutRun run = space.cutRuns.get(number);
            if (run == null) {
                throw new IllegalStateException("cut run " + number + " is missing");
            }
            count(run);
        }
        countRuns();
        long committed = (long) space.runs.committedRegionCount() * Pages.PER_REGION;
        long held = committed - space.runs.freePageCount() - space.runs.withheldPageCount();
        require(heldPageCount == held, "pages held", heldPageCount, held);
        require(runByteSize == space.runByteSize, "bytes in runs", runByteSize, space.runByteSize);
        require(runBlockCount == space.runBlockCount, "runs of their own", runBlockCount, space.runBlockCount);
        require(inQueues == queuedCount, "runs queued", inQueues, queuedCount);
        require(slabsInBins == slabWithRoomCount, "slabs with room", slabsInBins, slabWithRoomCount);
        require(packedInPools == packedRunCount, "packed runs in pools", packedInPools, packedRunCount);
    }

    private void count(CutRun run) {
        run.checkInvariants();
        for (int page = run.firstPage(); page < run.firstPage() + run.pageCount(); page++) {
            int word = space.pages.word(page);
            require(PageMap.kind(word) == PageMap.CUT && PageMap.value(word) == run.number, "cut run of a page",
                    page, run.number);
        }
        for (int word = 0; word < run.remoteWordCount(); word++) {
            boolean found = run.remoteMarks(word) == 0 || run.isQueued();
            require(found, "marks of cut run " + run.number + ", in no queue", run.remoteMarks(word), 0);
        }
        queuedCount += run.isQueued() ? 1 : 0;
        heldPageCount += run.pageCount();
        switch (run) {
            case Slab slab -> slabWithRoomCount += slab.pageCount() > 0 && !slab.isFull() ? 1 : 0;
            case PackedRun packed -> packedRunCount += packed.pageCount() > 0 ? 1 : 0;
        }
    }

    private void countRuns() {
        for (int page = 0; page < space.pages.pageCount(); page++) {
            int word = space.pages.word(page);
            if (PageMap.kind(word) == PageMap.RUN_HEAD) {
                heldPageCount += PageMap.value(word);
                runByteSize += Pages.offsetOf(PageMap.value(word));
                runBlockCount++;
            }
        }
    }

    private static void require(boolean holds, String what, long counted, long kept) {
        if (!holds) {
            throw new IllegalStateException("store corrupted: " + what + ": counted=" + counted + " kept=" + kept);
        }
    }
}
