package dev.ashlar.slab;

/** Holds the parts of a store against each other, page by page and list by list. Slow: for tests. */
final class StoreCheck {
    private static final long PAGE_BYTE_SIZE = 4096;

    private final PageMap pages;
    private final CutRuns cutRuns;
    private final SlabBin[] slabBins;
    private final PackedBins packedBins;

    private long heldPageCount;
    private long liveByteSize;
    private int slabWithRoomCount;
    private int packedRunCount;

    StoreCheck(PageMap pages, CutRuns cutRuns, SlabBin[] slabBins, PackedBins packedBins) {
        this.pages = pages;
        this.cutRuns = cutRuns;
        this.slabBins = slabBins;
        this.packedBins = packedBins;
    }

    /** Throws where pages are held that no block accounts for, or the other way round, or a list is wrong. */
    void run(long expectedHeldPageCount, long expectedLiveByteSize) {
        for (int number = 0; number < cutRuns.count(); number++) {
            CutRun run = cutRuns.get(number);
            if (run == null) {
                throw new IllegalStateException("cut run " + number + " is missing");
            }
            count(run);
        }
        countRuns();
        require(heldPageCount == expectedHeldPageCount, "pages held", heldPageCount, expectedHeldPageCount);
        require(liveByteSize == expectedLiveByteSize, "live bytes", liveByteSize, expectedLiveByteSize);
        int inBins = 0;
        for (SlabBin bin : slabBins) {
            inBins += bin.checkedCount();
        }
        require(inBins == slabWithRoomCount, "slabs with room", inBins, slabWithRoomCount);
        int packedInBins = packedBins.checkedCount();
        require(packedInBins == packedRunCount, "packed runs in bins", packedInBins, packedRunCount);
    }

    private void count(CutRun run) {
        run.checkInvariants();
        for (int page = run.firstPage(); page < run.firstPage() + run.pageCount(); page++) {
            int word = pages.word(page);
            require(PageMap.kind(word) == PageMap.CUT && PageMap.value(word) == run.number, "cut run of a page",
                    page, run.number);
        }
        heldPageCount += run.pageCount();
        switch (run) {
            case Slab slab -> {
                liveByteSize += (long) (slab.slotCount() - slab.freeCount()) * slab.slotByteSize();
                slabWithRoomCount += slab.pageCount() > 0 && !slab.isFull() ? 1 : 0;
            }
            case PackedRun packed -> {
                liveByteSize += PackedRun.PAGE_COUNT * PAGE_BYTE_SIZE - packed.freeByteSize();
                packedRunCount += packed.pageCount() > 0 ? 1 : 0;
            }
        }
    }

    private void countRuns() {
        for (int page = 0; page < pages.pageCount(); page++) {
            int word = pages.word(page);
            if (PageMap.kind(word) == PageMap.RUN_HEAD) {
                heldPageCount += PageMap.value(word);
                liveByteSize += PageMap.value(word) * PAGE_BYTE_SIZE;
            }
        }
    }

    private static void require(boolean holds, String what, long counted, long kept) {
        if (!holds) {
            throw new IllegalStateException("store corrupted: " + what + ": counted=" + counted + " kept=" + kept);
        }
    }
}
