package dev.ashlar.slab;

import dev.ashlar.region.Pages;

/** Compares the parts of a store with each other, page by page and list by list. Slow: for tests. */
final class StoreCheck {
    private final RunSpace space;
    private final Lines lines;
    private final Owners owners;

    private long heldPageCount;
    private long runByteSize;
    private long runBlockCount;
    private int slabCount;
    private int packedRunCount;
    private int queuedCount;

    StoreCheck(RunSpace space, Owners owners) {
        this.space = space;
        this.lines = space.lines;
        this.owners = owners;
    }

    /**
     * Checks that blocks and cut runs account for all held pages, that they hold only these, and that all lists are
     * right.
     */
    void run() {
        int slabsInLists = 0;
        int packedInPools = 0;
        int inQueues = 0;
        for (SlabOwner owner : owners.all()) {
            slabsInLists += owner.checkedSlabCount();
            packedInPools += owner.checkedPackedRunCount();
            inQueues += owner.queuedRunCount();
        }
        for (int page = lines.nextRun(0); page >= 0;) {
            count(page);
            page = lines.nextRun(page + RunWord.pageCount(lines.first(page)));
        }
        countRuns();
        long committed = (long) space.runs.committedRegionCount() * Pages.PER_REGION;
        long held = committed - space.runs.freePageCount() - space.runs.withheldPageCount();
        require(heldPageCount == held, "pages held", heldPageCount, held);
        require(runByteSize == space.runByteSize, "bytes in runs", runByteSize, space.runByteSize);
        require(runBlockCount == space.runBlockCount, "runs of their own", runBlockCount, space.runBlockCount);
        require(inQueues == queuedCount, "runs queued", inQueues, queuedCount);
        require(slabsInLists == slabCount, "slabs", slabsInLists, slabCount);
        require(packedInPools == packedRunCount, "packed runs in pools", packedInPools, packedRunCount);
    }

    private void count(int firstPage) {
        long first = lines.first(firstPage);
        for (int distance = 1; distance < RunWord.pageCount(first); distance++) {
            require(lines.run(firstPage + distance) == RunWord.at(first, distance), "word of a page of a run",
                    firstPage, distance);
        }
        boolean isQueued = RemoteFrees.isQueued(lines, firstPage);
        long life = RemoteFrees.life(lines, firstPage);
        for (int index = 0; index < Lines.lineCount(first); index++) {
            long[] words = lines.bitsOf(firstPage, first, index);
            int marks = RemoteMarks.wordOf(lines.positionOf(firstPage, first, index));
            for (int word = marks; word < marks + 2; word++) {
                require(RemoteMarks.life(words[word]) == life, "life of marks", words[word], life);
                require((words[word] & RemoteMarks.MARKS) == 0 || isQueued, "marks of the run at page " + firstPage
                        + ", in no queue", words[word], 0);
            }
        }
        queuedCount += isQueued ? 1 : 0;
        heldPageCount += RunWord.pageCount(first);
        packedRunCount += RunWord.isPacked(first) ? 1 : 0;
        slabCount += RunWord.isPacked(first) ? 0 : 1;
    }

    private void countRuns() {
        for (int page = space.large.next(0); page >= 0; page = space.large.next(page + 1)) {
            int pageCount = LargeRuns.heldPageCount(space.large.word(page));
            heldPageCount += pageCount;
            runByteSize += Pages.offsetOf(pageCount);
            runBlockCount++;
        }
    }

    private static void require(boolean holds, String what, long counted, long kept) {
        if (!holds) {
            throw new IllegalStateException("store corrupted: " + what + ": counted=" + counted + " kept=" + kept);
        }
    }
}
