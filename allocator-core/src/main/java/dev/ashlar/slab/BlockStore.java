package dev.ashlar.slab;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.region.RegionSource;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of any size in one span, named by their offset from the span's start.
 *
 * <p>Sizes up to {@link #LARGEST_SLOT_BYTE_SIZE} go to slabs, up to {@link #LARGEST_PACKED_BYTE_SIZE} to packed runs,
 * what is larger or aligned to pages to runs of its own; how the three compare is measured in {@code docs/sizes.md}.
 *
 * <p>Not thread-safe: the heap serialises calls.
 */
public final class BlockStore {
    /** Bytes of the largest slot of a slab. */
    public static final int LARGEST_SLOT_BYTE_SIZE = 256;

    /** Bytes of the largest block in a packed run. */
    public static final int LARGEST_PACKED_BYTE_SIZE = 16 * 1024;

    /** Every block starts at a multiple of this many bytes. */
    public static final int MINIMUM_ALIGNMENT = SizeClasses.QUANTUM;

    private static final int LOG2_PAGE_BYTE_SIZE = 12;
    private static final int PAGE_BYTE_SIZE = 1 << LOG2_PAGE_BYTE_SIZE;
    private static final int CLASS_COUNT = SizeClasses.indexOf(LARGEST_SLOT_BYTE_SIZE) + 1;

    private final RunAllocator runs;
    private final Eraser eraser;
    private final PageMap pages;
    private final CutRuns cutRuns = new CutRuns();
    private final SlabBin[] slabBins = new SlabBin[CLASS_COUNT];
    private final PackedBins packedBins = new PackedBins();
    private @Nullable PackedRun sparePackedRun;
    private long liveByteSize;
    private long liveBlockCount;

    /** A store over all memory of {@code source}, none of which may be committed yet. */
    public BlockStore(RegionSource source, Eraser eraser) {
        this.runs = new RunAllocator(source);
        this.eraser = eraser;
        this.pages = new PageMap(source.regionCount());
        for (int index = 0; index < CLASS_COUNT; index++) {
            slabBins[index] = new SlabBin();
        }
    }

    /**
     * Takes a block.
     *
     * @param byteSize bytes, at least 1 and at most the span
     * @param log2Alignment the block starts at a multiple of {@code 2^log2Alignment} bytes; 4 to 21
     * @return the block's offset, or -1 where there is no room; then nothing has changed
     */
    public long allocate(long byteSize, int log2Alignment, Holder holder) {
        assert byteSize >= 1 : "byteSize=" + byteSize;
        assert log2Alignment >= 4 && log2Alignment <= 21 : "log2Alignment=" + log2Alignment;
        long alignment = 1L << log2Alignment;
        long rounded = (byteSize + alignment - 1) & -alignment;
        long offset;
        if (rounded <= LARGEST_SLOT_BYTE_SIZE) {
            offset = allocateSlot((int) rounded, holder);
        } else if (byteSize <= LARGEST_PACKED_BYTE_SIZE && log2Alignment < LOG2_PAGE_BYTE_SIZE) {
            offset = allocatePacked((int) byteSize, log2Alignment, holder);
        } else {
            offset = allocateRun(byteSize, log2Alignment, holder);
        }
        if (offset >= 0) {
            liveByteSize += usableByteSize(offset);
            liveBlockCount++;
        }
        return offset;
    }

    private long allocateSlot(int byteSize, Holder holder) {
        int sizeClass = SizeClasses.indexOf(byteSize);
        SlabBin bin = slabBins[sizeClass];
        Slab slab = bin.first();
        if (slab == null) {
            slab = openSlab(bin, sizeClass);
            if (slab == null) {
                return -1;
            }
        }
        int slot = slab.allocate(holder);
        if (slab.isFull()) {
            bin.remove(slab);
        }
        return offsetOf(slab.firstPage()) + slot;
    }

    private @Nullable Slab openSlab(SlabBin bin, int sizeClass) {
        int pageCount = Slab.pageCountFor(sizeClass);
        int firstPage = runs.allocate(pageCount, 0);
        if (firstPage < 0) {
            return null;
        }
        Slab slab = bin.takeSpare();
        if (slab == null) {
            slab = new Slab(cutRuns.nextNumber(), sizeClass, pageCount);
            cutRuns.add(slab);
        }
        slab.open(firstPage, pageCount);
        pages.setCut(firstPage, pageCount, slab.number);
        bin.add(slab);
        return slab;
    }

    private long allocatePacked(int byteSize, int log2Alignment, Holder holder) {
        int alignment = 1 << Math.max(0, log2Alignment - PackedRun.LOG2_GRANULE_BYTE_SIZE);
        int count = PackedRun.granuleCount(byteSize);
        PackedRun run = packedBins.choose(count + alignment - 1);
        if (run == null) {
            run = openPackedRun();
            if (run == null) {
                return allocateRun(byteSize, log2Alignment, holder);
            }
        }
        int longestBefore = run.longestFree();
        int offset = run.allocate(count, alignment, holder);
        rebin(run, longestBefore);
        return offsetOf(run.firstPage()) + offset;
    }

    private @Nullable PackedRun openPackedRun() {
        int firstPage = runs.allocate(PackedRun.PAGE_COUNT, 0);
        if (firstPage < 0) {
            return null;
        }
        PackedRun run = sparePackedRun;
        if (run == null) {
            run = new PackedRun(cutRuns.nextNumber());
            cutRuns.add(run);
        } else {
            sparePackedRun = (PackedRun) run.next;
            run.next = null;
        }
        run.open(firstPage, PackedRun.PAGE_COUNT);
        pages.setCut(firstPage, PackedRun.PAGE_COUNT, run.number);
        packedBins.add(run);
        return run;
    }

    private void rebin(PackedRun run, int longestBefore) {
        if (run.longestFree() != longestBefore) {
            packedBins.remove(run, longestBefore);
            packedBins.add(run);
        }
    }

    private long allocateRun(long byteSize, int log2Alignment, Holder holder) {
        int pageCount = pageCountOf(byteSize);
        int firstPage = runs.allocate(pageCount, Math.max(0, log2Alignment - LOG2_PAGE_BYTE_SIZE));
        if (firstPage < 0) {
            return -1;
        }
        pages.setRun(firstPage, pageCount, holder);
        return offsetOf(firstPage);
    }

    /**
     * Frees the block that starts at {@code offset}, erasing it first. Anything else changes nothing.
     *
     * @param offset any offset inside the span
     */
    public FreeResult free(long offset, Holder holder) {
        FreeResult verdict = judge(offset, holder);
        if (verdict != FreeResult.DONE) {
            return verdict;
        }
        long byteSize = usableByteSize(offset);
        eraser.erase(offset, byteSize);
        liveByteSize -= byteSize;
        liveBlockCount--;
        CutRun run = cutRunAt(offset);
        if (run == null) {
            int firstPage = pageOf(offset);
            pages.clearRun(firstPage);
            runs.free(firstPage, pageCountOf(byteSize));
            return FreeResult.DONE;
        }
        switch (run) {
            case Slab slab -> freeSlot(slab, startIn(run, offset));
            case PackedRun packed -> freePacked(packed, startIn(run, offset));
        }
        return FreeResult.DONE;
    }

    private void freeSlot(Slab slab, int start) {
        SlabBin bin = slabBins[slab.sizeClass()];
        if (slab.isFull()) {
            bin.add(slab);
        }
        slab.free(start);
        if (slab.isVacant()) {
            bin.remove(slab);
            giveBack(slab);
            bin.keepSpare(slab);
        }
    }

    private void freePacked(PackedRun run, int start) {
        int longestBefore = run.longestFree();
        run.free(start);
        if (run.isVacant()) {
            packedBins.remove(run, longestBefore);
            giveBack(run);
            run.next = sparePackedRun;
            sparePackedRun = run;
        } else {
            rebin(run, longestBefore);
        }
    }

    private void giveBack(CutRun run) {
        int firstPage = run.firstPage();
        int pageCount = run.pageCount();
        run.close();
        runs.free(firstPage, pageCount);
    }

    /**
     * Cuts the block that starts at {@code offset} down, as far as its kind allows: slots keep their size, packed
     * blocks give back granules, runs give back pages. What lies beyond {@code byteSize} is erased.
     *
     * @param byteSize the bytes to keep, at least 1 and at most the block's usable size
     */
    public FreeResult shrink(long offset, long byteSize, Holder holder) {
        FreeResult verdict = judge(offset, holder);
        if (verdict != FreeResult.DONE) {
            return verdict;
        }
        long before = usableByteSize(offset);
        assert byteSize >= 1 && byteSize <= before : "byteSize=" + byteSize + " before=" + before;
        eraser.erase(offset + byteSize, before - byteSize);
        switch (cutRunAt(offset)) {
            case null -> shrinkRun(pageOf(offset), pageCountOf(before), pageCountOf(byteSize));
            case PackedRun run -> {
                int longestBefore = run.longestFree();
                run.shrink(startIn(run, offset), (int) byteSize);
                rebin(run, longestBefore);
            }
            case Slab slab -> {
                // A slot keeps its size.
            }
        }
        liveByteSize -= before - usableByteSize(offset);
        return FreeResult.DONE;
    }

    private void shrinkRun(int firstPage, int pageCount, int keptPageCount) {
        if (keptPageCount < pageCount) {
            pages.shortenRun(firstPage, keptPageCount);
            runs.free(firstPage + keptPageCount, pageCount - keptPageCount);
        }
    }

    /** {@return what freeing {@code offset} would come to, without doing it} */
    public FreeResult judge(long offset, Holder holder) {
        long start = startOf(offset);
        if (start < 0) {
            return FreeResult.NOT_LIVE;
        }
        if (start != offset) {
            return FreeResult.INTERIOR;
        }
        return holderOf(offset) == holder ? FreeResult.DONE : FreeResult.HELD_OTHERWISE;
    }

    /** {@return the start of the live block that contains {@code offset}, or -1 where none does} */
    public long startOf(long offset) {
        int page = pageOf(offset);
        CutRun run = cutRunAt(offset);
        if (run != null) {
            int start = run.startOf(startIn(run, offset));
            return start < 0 ? -1 : offsetOf(run.firstPage()) + start;
        }
        int word = pages.word(page);
        return switch (PageMap.kind(word)) {
            case PageMap.RUN_HEAD -> offsetOf(page);
            case PageMap.RUN_INNER -> {
                int head = page - PageMap.value(word);
                int headWord = pages.word(head);
                boolean reaches = PageMap.kind(headWord) == PageMap.RUN_HEAD
                        && PageMap.value(headWord) > PageMap.value(word);
                yield reaches ? offsetOf(head) : -1;
            }
            default -> -1;
        };
    }

    /** {@return the bytes that the live block starting at {@code start} may use} */
    public long usableByteSize(long start) {
        CutRun run = cutRunAt(start);
        return run == null
                ? offsetOf(PageMap.value(pages.word(pageOf(start))))
                : run.usableByteSize(startIn(run, start));
    }

    private Holder holderOf(long start) {
        CutRun run = cutRunAt(start);
        return run == null ? PageMap.holder(pages.word(pageOf(start))) : run.holder(startIn(run, start));
    }

    /** {@return the slab or packed run that covers {@code offset} now, or null} */
    private @Nullable CutRun cutRunAt(long offset) {
        int page = pageOf(offset);
        int word = pages.word(page);
        if (PageMap.kind(word) != PageMap.CUT) {
            return null;
        }
        CutRun run = cutRuns.get(PageMap.value(word));
        return run != null && run.covers(page) ? run : null;
    }

    private static int startIn(CutRun run, long offset) {
        return (int) (offset - offsetOf(run.firstPage()));
    }

    private static int pageOf(long offset) {
        return (int) (offset >>> LOG2_PAGE_BYTE_SIZE);
    }

    private static long offsetOf(int page) {
        return (long) page << LOG2_PAGE_BYTE_SIZE;
    }

    private static int pageCountOf(long byteSize) {
        return (int) ((byteSize + PAGE_BYTE_SIZE - 1) >>> LOG2_PAGE_BYTE_SIZE);
    }

    /** {@return the run allocator below, for commits ahead, trimming and figures} */
    public RunAllocator runs() {
        return runs;
    }

    /** {@return bytes that live blocks occupy, rounding included} */
    public long liveByteSize() {
        return liveByteSize;
    }

    /** {@return live blocks} */
    public long liveBlockCount() {
        return liveBlockCount;
    }

    /** {@return bytes of bookkeeping in the Java heap, the layers below included} */
    public long metadataByteSize() {
        return 96 + 24L * CLASS_COUNT + pages.metadataByteSize() + cutRuns.metadataByteSize()
                + packedBins.metadataByteSize() + runs.metadataByteSize();
    }

    /** {@return free and live space inside slabs and packed runs} */
    public CutSpace cutSpace() {
        return CutSpace.of(cutRuns, CLASS_COUNT);
    }

    /** Throws where the bookkeeping of this layer or the buddy layer disagrees with itself or with the other. */
    public void checkInvariants() {
        runs.checkInvariants();
        long committedPageCount = (long) runs.committedRegionCount() * RunAllocator.PAGES_PER_REGION;
        new StoreCheck(pages, cutRuns, slabBins, packedBins)
                .run(committedPageCount - runs.freePageCount(), liveByteSize);
    }
}
