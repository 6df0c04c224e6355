package dev.ashlar.slab;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.buddy.RunRebuild;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Health;
import dev.ashlar.region.Pages;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts that all owners of a store share: the pages, their descriptors, and the objects of cut runs. Handing out
 * and taking back pages needs {@link #lock}. Looking up a page needs no lock: a thread that frees a block got its
 * address after the pages were described.
 */
final class RunSpace {
    /** A class with this many slabs gets larger ones, which need less bookkeeping per byte. */
    private static final int MANY_SLABS = 16;

    final Object lock;
    final Health health;
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
    /** Bytes of live blocks of whole pages, and how many there are. */
    long runByteSize;

    long runBlockCount;
    /** Whether an Error cut a change of pages short, so that {@link #settle} must come first. */
    boolean cutShort;

    RunSpace(RunAllocator runs, int regionCount, Eraser eraser, Object lock, Health health) {
        this.lock = lock;
        this.health = health;
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
        synchronized (lock) {
            settle();
            try {
                boolean many = slabCounts[sizeClass] >= MANY_SLABS;
                int pageCount = many ? Slab.largePageCountFor(sizeClass) : Slab.pageCountFor(sizeClass);
                @Nullable CutRun[] spares = many ? spareLargeSlabs : spareSlabs;
                Slab spare = (Slab) usable(spares[sizeClass], owner);
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
            } catch (Throwable e) {
                cutShort = true;
                throw e;
            }
        }
    }

    /** Takes pages for a packed run, as {@link #openSlab}. */
    @Nullable PackedRun openPackedRun(SlabOwner owner) {
        synchronized (lock) {
            settle();
            try {
                PackedRun spare = (PackedRun) usable(sparePackedRun, owner);
                PackedRun run = spare != null ? spare : new PackedRun(cutRuns.nextNumber(), owner);
                if (!open(run, owner, PackedRun.PAGE_COUNT, spare == null)) {
                    return null;
                }
                if (spare != null) {
                    sparePackedRun = (PackedRun) spare.next;
                    spare.next = null;
                }
                return run;
            } catch (Throwable e) {
                cutShort = true;
                throw e;
            }
        }
    }

    /**
     * {@return a spare object if it is in no queue, otherwise null} A late mark may have put it into the queue of its
     * last owner, who may not look there for a long time.
     */
    private static @Nullable CutRun usable(@Nullable CutRun spare, SlabOwner next) {
        if (spare == null) {
            return null;
        }
        SlabOwner last = spare.owner;
        spare.owner = next;
        // A thread that queues the run does it in the other order, so one sees the other.
        VarHandle.fullFence();
        if (spare.isQueued()) {
            spare.owner = last;
            return null;
        }
        return spare;
    }

    /** {@return whether a run of this many pages fits without another region} */
    boolean hasPagesFor(int pageCount) {
        synchronized (lock) {
            settle();
            return runs.hasPagesFor(pageCount);
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
            cutRuns.reserve();
            pages.prepare(firstPage, pageCount);
        }
        return firstPage;
    }

    /** Handles a run that changed its owner with marks on it, or was closed before they were made. */
    void passOn(CutRun run) {
        synchronized (lock) {
            try {
                if (run.pageCount() > 0) {
                    run.owner.enqueue(run);
                } else {
                    run.dropLateMarks();
                }
            } catch (Throwable e) {
                // It may be in a queue, or in none.
                health.end = e;
                throw e;
            }
        }
    }

    /** Takes back the pages of a vacant cut run, and keeps its object for another run. */
    void close(CutRun run) {
        synchronized (lock) {
            settle();
            int firstPage = run.firstPage();
            int pageCount = run.pageCount();
            run.close();
            try {
                runs.free(firstPage, pageCount);
                keep(run, pageCount);
            } catch (OutOfMemoryError | StackOverflowError e) {
                // The run is closed; the next caller rebuilds the rest.
                cutShort = true;
            }
        }
    }

    private void keep(CutRun run, int pageCount) {
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
    }

    /**
     * Rebuilds the bookkeeping of pages if an Error cut a change short. Pre: the lock is held.
     *
     * <p>What holds pages is recorded first and given up last: the heads of runs in the map of pages, and the place of
     * each cut run. All else follows from that.
     */
    void settle() {
        if (cutShort) {
            rebuild();
            cutShort = false;
        }
    }

    private void rebuild() {
        RunRebuild rebuild = new RunRebuild(runs);
        runByteSize = 0;
        runBlockCount = 0;
        sparePackedRun = null;
        Arrays.fill(slabCounts, 0);
        Arrays.fill(spareSlabs, null);
        Arrays.fill(spareLargeSlabs, null);
        for (int number = 0; number < cutRuns.count(); number++) {
            CutRun run = cutRuns.at(number);
            int pageCount = run.pageCount();
            if (run instanceof Slab slab) {
                slabCounts[slab.sizeClass()]++;
            }
            if (pageCount > 0) {
                rebuild.take(run.firstPage(), pageCount);
                pages.setCut(run.firstPage(), pageCount, number);
            } else {
                keep(run, run.fixedPageCount());
            }
        }
        for (int page = pages.nextRun(0); page >= 0; page = pages.nextRun(page + 1)) {
            int pageCount = PageMap.value(pages.word(page));
            rebuild.take(page, pageCount);
            runByteSize += Pages.offsetOf(pageCount);
            runBlockCount++;
        }
        rebuild.end();
    }

    /**
     * Takes a run for one block.
     *
     * @return its offset, or -1
     */
    long allocateRun(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        return allocateRun(byteSize, log2Alignment, temperature, holder, Extent.EXACT);
    }

    /**
     * Takes a run for one block, with the free pages that follow it in its region.
     *
     * @return its offset, or -1; {@link #runByteSizeAt} returns its size
     */
    long allocateStretch(long byteSize, int log2Alignment) {
        return allocateRun(byteSize, log2Alignment, Temperature.HOT, Holder.OBJECT, Extent.STRETCH);
    }

    private enum Extent {
        /** The pages that the block needs. */
        EXACT,
        /** Also the free pages after them in the region. */
        STRETCH
    }

    private long allocateRun(
            long byteSize, int log2Alignment, Temperature temperature, Holder holder, Extent extent) {
        synchronized (lock) {
            settle();
            try {
                int needed = Pages.countFor(byteSize);
                int firstPage = takePages(needed, Math.max(0, log2Alignment - Pages.LOG2_BYTE_SIZE), temperature);
                if (firstPage < 0) {
                    return -1;
                }
                int pageCount = extent == Extent.EXACT ? needed : needed + runs.extend(firstPage + needed);
                long taken = Pages.offsetOf(pageCount);
                long offset = Pages.offsetOf(firstPage);
                pages.setRun(firstPage, pageCount, holder);
                // No call after this one: an Error would lose the block.
                runByteSize += taken;
                runBlockCount++;
                return offset;
            } catch (Throwable e) {
                cutShort = true;
                throw e;
            }
        }
    }

    /** Makes a change of pages. If an Error cuts it short, the bookkeeping is rebuilt before the next one. */
    <T> T change(Supplier<T> change) {
        synchronized (lock) {
            settle();
            try {
                return change.get();
            } catch (Throwable e) {
                cutShort = true;
                throw e;
            }
        }
    }

    /** Works as {@link RunAllocator#precommit}. */
    boolean precommit(int regionCount) {
        return change(() -> runs.precommit(regionCount));
    }

    /** Releases every empty region and returns the number of committed ones. */
    int trim() {
        return change(() -> {
            runs.trim();
            return runs.committedRegionCount();
        });
    }

    /** Works as {@link RunAllocator#discardFreePages}. */
    int discardFreePages(int region) {
        return change(() -> runs.discardFreePages(region));
    }

    /** Frees the run that starts at {@code offset}, erasing it first. */
    FreeResult freeRun(long offset, Holder holder) {
        synchronized (lock) {
            settle();
            FreeResult verdict = judgeRun(offset, holder);
            if (verdict == FreeResult.DONE) {
                int firstPage = Pages.indexOf(offset);
                int pageCount = PageMap.value(pages.word(firstPage));
                long byteSize = Pages.offsetOf(pageCount);
                erase(offset, byteSize);
                pages.clearRun(firstPage);
                try {
                    runByteSize -= byteSize;
                    runBlockCount--;
                    runs.free(firstPage, pageCount);
                } catch (OutOfMemoryError | StackOverflowError e) {
                    // The block is free; the next caller rebuilds the rest.
                    cutShort = true;
                }
            }
            return verdict;
        }
    }

    /** Shrinks a run to {@code byteSize} bytes: gives back the pages after them, and erases the bytes after them. */
    FreeResult shrinkRun(long offset, long byteSize, Holder holder) {
        return shrinkRun(offset, byteSize, holder, eraser);
    }

    FreeResult shrinkRun(long offset, long byteSize, Holder holder, Eraser with) {
        synchronized (lock) {
            settle();
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
                    long freed = Pages.offsetOf(pageCount - keptPageCount);
                    pages.shortenRun(firstPage, keptPageCount);
                    try {
                        runByteSize -= freed;
                        runs.free(firstPage + keptPageCount, pageCount - keptPageCount);
                    } catch (OutOfMemoryError | StackOverflowError e) {
                        cutShort = true;
                    }
                }
            }
            return verdict;
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
}
