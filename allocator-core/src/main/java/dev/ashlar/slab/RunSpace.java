package dev.ashlar.slab;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The parts that all owners of a store share: the pages, their descriptors, and the objects of cut runs. Handing out
 * and taking back pages needs {@link #lock}. Looking up a page needs no lock: a thread that frees a block got its
 * address after the pages were described.
 */
final class RunSpace {
    /** A class with this many slabs gets larger ones, which need less bookkeeping per byte. */
    private static final int MANY_SLABS = 16;

    final ReentrantLock lock;
    final RunAllocator runs;
    final PageMap pages;
    final CutRuns cutRuns = new CutRuns();
    private final Eraser eraser;
    /** Open slabs by size class. */
    private final int[] slabCounts = new int[BlockStore.CLASS_COUNT];
    /** Objects without a run, for reuse: lists by size class, for runs of either length. */
    private final @Nullable CutRun[] spareSlabs = new CutRun[BlockStore.CLASS_COUNT];

    private final @Nullable CutRun[] spareLargeSlabs = new CutRun[BlockStore.CLASS_COUNT];
    private @Nullable PackedRun sparePackedRun;
    long runByteSize;
    long runBlockCount;

    RunSpace(RunAllocator runs, int regionCount, Eraser eraser, ReentrantLock lock) {
        this.lock = lock;
        this.runs = runs;
        this.pages = new PageMap(regionCount);
        this.eraser = eraser;
    }

    /** {@return whether contents must be erased before their place is reused} */
    @SuppressWarnings("ReferenceEquality")
    boolean erases() {
        return eraser != Eraser.NONE;
    }

    void erase(long offset, long byteSize) {
        eraser.erase(offset, byteSize);
    }

    /** {@return the slab or packed run that covers {@code offset} now, or null} */
    @Nullable CutRun cutRunAt(long offset) {
        int page = Pages.indexOf(offset);
        int word = pages.word(page);
        if (PageMap.kind(word) != PageMap.CUT) {
            return null;
        }
        CutRun run = cutRuns.get(PageMap.value(word));
        return run != null && run.covers(offset) ? run : null;
    }

    /**
     * Takes pages for a slab: more pages if the class has many slabs.
     *
     * @return the slab, or null if there is no room
     */
    @Nullable Slab openSlab(SlabOwner owner, int sizeClass) {
        lock.lock();
        try {
            boolean many = slabCounts[sizeClass] >= MANY_SLABS;
            int pageCount = many ? Slab.largePageCountFor(sizeClass) : Slab.pageCountFor(sizeClass);
            @Nullable CutRun[] spares = many ? spareLargeSlabs : spareSlabs;
            Slab spare = (Slab) spares[sizeClass];
            Slab slab = spare != null ? spare : new Slab(cutRuns.nextNumber(), owner, sizeClass, pageCount);
            if (!open(slab, owner, pageCount, spare == null)) {
                return null;
            }
            if (spare != null) {
                spares[sizeClass] = spare.next;
                spare.next = null;
            }
            slabCounts[sizeClass]++;
            return slab;
        } finally {
            lock.unlock();
        }
    }

    /** Takes pages for a packed run, as {@link #openSlab}. */
    @Nullable PackedRun openPackedRun(SlabOwner owner) {
        lock.lock();
        try {
            PackedRun spare = sparePackedRun;
            PackedRun run = spare != null ? spare : new PackedRun(cutRuns.nextNumber(), owner);
            if (!open(run, owner, PackedRun.PAGE_COUNT, spare == null)) {
                return null;
            }
            if (spare != null) {
                sparePackedRun = (PackedRun) spare.next;
                spare.next = null;
            }
            return run;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether a run of this many pages fits without another region} */
    boolean hasPagesFor(int pageCount) {
        lock.lock();
        try {
            return runs.hasPagesFor(pageCount);
        } finally {
            lock.unlock();
        }
    }

    /** Creates Java objects before pages are taken, or gives the pages back, so that none can be lost. */
    private boolean open(CutRun run, SlabOwner owner, int pageCount, boolean isNew) {
        int firstPage = takePages(pageCount, 0, owner.temperature);
        if (firstPage < 0) {
            return false;
        }
        if (isNew) {
            cutRuns.add(run);
        }
        run.owner = owner;
        run.open(firstPage, pageCount);
        pages.setCut(firstPage, pageCount, run.number);
        return true;
    }

    private int takePages(int pageCount, int log2PageAlignment, Temperature temperature) {
        int firstPage = runs.allocate(pageCount, log2PageAlignment, temperature);
        if (firstPage >= 0) {
            try {
                cutRuns.reserve();
                pages.prepare(firstPage, pageCount);
            } catch (OutOfMemoryError e) {
                runs.free(firstPage, pageCount);
                throw e;
            }
        }
        return firstPage;
    }

    /** Takes back the pages of a vacant cut run, and keeps its object for another run. */
    void close(CutRun run) {
        lock.lock();
        try {
            int firstPage = run.firstPage();
            int pageCount = run.pageCount();
            run.close();
            runs.free(firstPage, pageCount);
            switch (run) {
                case Slab slab -> {
                    int sizeClass = slab.sizeClass();
                    boolean large = pageCount > Slab.pageCountFor(sizeClass);
                    @Nullable CutRun[] spares = large ? spareLargeSlabs : spareSlabs;
                    slabCounts[sizeClass]--;
                    slab.next = spares[sizeClass];
                    spares[sizeClass] = slab;
                }
                case PackedRun packed -> {
                    packed.next = sparePackedRun;
                    sparePackedRun = packed;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a run for one block.
     *
     * @return its offset, or -1
     */
    long allocateRun(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        lock.lock();
        try {
            int pageCount = Pages.countFor(byteSize);
            int firstPage = takePages(pageCount, Math.max(0, log2Alignment - Pages.LOG2_BYTE_SIZE), temperature);
            if (firstPage < 0) {
                return -1;
            }
            pages.setRun(firstPage, pageCount, holder);
            runByteSize += Pages.offsetOf(pageCount);
            runBlockCount++;
            return Pages.offsetOf(firstPage);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a run for one block, with the free pages that follow it in its region.
     *
     * @return its offset, or -1; {@link #runByteSizeAt} returns its size
     */
    long allocateStretch(long byteSize, int log2Alignment) {
        lock.lock();
        try {
            long offset = allocateRun(byteSize, log2Alignment, Temperature.HOT, Holder.OBJECT);
            if (offset >= 0) {
                int firstPage = Pages.indexOf(offset);
                int pageCount = Pages.countFor(byteSize);
                int more = runs.extend(firstPage + pageCount);
                pages.setRun(firstPage, pageCount + more, Holder.OBJECT);
                runByteSize += Pages.offsetOf(more);
            }
            return offset;
        } finally {
            lock.unlock();
        }
    }

    /** Frees the run that starts at {@code offset}, erasing it first. */
    FreeResult freeRun(long offset, Holder holder) {
        lock.lock();
        try {
            FreeResult verdict = judgeRun(offset, holder);
            if (verdict == FreeResult.DONE) {
                int firstPage = Pages.indexOf(offset);
                int pageCount = PageMap.value(pages.word(firstPage));
                erase(offset, Pages.offsetOf(pageCount));
                pages.clearRun(firstPage);
                runs.free(firstPage, pageCount);
                runByteSize -= Pages.offsetOf(pageCount);
                runBlockCount--;
            }
            return verdict;
        } finally {
            lock.unlock();
        }
    }

    /** Shrinks a run to {@code byteSize} bytes: gives back the pages after them, and erases the bytes after them. */
    FreeResult shrinkRun(long offset, long byteSize, Holder holder) {
        return shrinkRun(offset, byteSize, holder, eraser);
    }

    FreeResult shrinkRun(long offset, long byteSize, Holder holder, Eraser with) {
        lock.lock();
        try {
            FreeResult verdict = judgeRun(offset, holder);
            if (verdict == FreeResult.DONE) {
                int firstPage = Pages.indexOf(offset);
                int pageCount = PageMap.value(pages.word(firstPage));
                int keptPageCount = Pages.countFor(byteSize);
                if (byteSize >= Pages.offsetOf(pageCount)) {
                    return FreeResult.DONE;
                }
                with.erase(offset + byteSize, Pages.offsetOf(pageCount) - byteSize);
                if (keptPageCount < pageCount) {
                    pages.shortenRun(firstPage, keptPageCount);
                    runs.free(firstPage + keptPageCount, pageCount - keptPageCount);
                    runByteSize -= Pages.offsetOf(pageCount - keptPageCount);
                }
            }
            return verdict;
        } finally {
            lock.unlock();
        }
    }

    FreeResult judgeRun(long offset, Holder holder) {
        long start = runStartOf(offset);
        if (start < 0) {
            return FreeResult.NOT_LIVE;
        }
        if (start != offset) {
            return FreeResult.INTERIOR;
        }
        return PageMap.holder(pages.word(Pages.indexOf(offset))) == holder ? FreeResult.DONE
                : FreeResult.HELD_OTHERWISE;
    }

    /** {@return the start of the live block of whole pages that contains {@code offset}, or -1 if there is none} */
    long runStartOf(long offset) {
        int page = Pages.indexOf(offset);
        int word = pages.word(page);
        return switch (PageMap.kind(word)) {
            case PageMap.RUN_HEAD -> Pages.offsetOf(page);
            case PageMap.RUN_INNER -> {
                int head = page - PageMap.value(word);
                int headWord = pages.word(head);
                boolean reaches = PageMap.kind(headWord) == PageMap.RUN_HEAD
                        && PageMap.value(headWord) > PageMap.value(word);
                yield reaches ? Pages.offsetOf(head) : -1;
            }
            default -> -1;
        };
    }

    /** {@return bytes of the run that starts at {@code start}} */
    long runByteSizeAt(long start) {
        return Pages.offsetOf(PageMap.value(pages.word(Pages.indexOf(start))));
    }

    /** {@return frees of blocks in cut runs that were found to be wrong late; pre: the lock is held} */
    long lateLoserCount() {
        long count = 0;
        for (int number = 0; number < cutRuns.count(); number++) {
            CutRun run = cutRuns.get(number);
            count += run == null ? 0 : run.lateLoserCount();
        }
        return count;
    }

    /** {@return bytes of live blocks of whole pages; pre: the lock is held} */
    long runByteSize() {
        return runByteSize;
    }

    /** {@return live blocks of whole pages; pre: the lock is held} */
    long runBlockCount() {
        return runBlockCount;
    }
}
