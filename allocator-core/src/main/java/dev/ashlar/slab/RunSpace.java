package dev.ashlar.slab;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.buddy.RunRebuild;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Health;
import dev.ashlar.region.Pages;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The pages that all owners of a store share: opens and closes cut runs, and hands out blocks of whole pages. Both need
 * {@link #lock}. Looking up a page needs no lock: a thread that frees a block got its address after the page was
 * described.
 */
final class RunSpace {
    /** A class with this many slabs gets larger ones, so that fewer are opened and closed. */
    private static final int MANY_SLABS = 16;

    final Object lock;
    final Health health;
    final RunAllocator runs;
    final Lines lines;
    final LargeRuns large;
    private final Eraser eraser;
    /** Open slabs by size class. */
    private final int[] slabCounts = new int[SizeClasses.SLOT_CLASS_COUNT];

    /**
     * Runs for hot blocks that were opened since the start, by {@link #kindOf}. Written under the lock. An owner reads
     * it without, to learn what others needed.
     */
    final int[] openedCounts = new int[SizeClasses.SLOT_CLASS_COUNT + 1];

    /** Bytes of blocks of whole pages, live or kept by an owner, and how many there are. */
    long runByteSize;

    long runBlockCount;
    /** Whether an Error cut a change of pages short, so that {@link #settle} must come first. */
    boolean cutShort;

    RunSpace(RunAllocator runs, int regionCount, Eraser eraser, Object lock, Health health) {
        this.lock = lock;
        this.health = health;
        this.runs = runs;
        this.lines = new Lines(regionCount);
        this.large = new LargeRuns(regionCount);
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

    /**
     * Takes pages for a slab: more pages if the class has many slabs.
     *
     * @return its first page, or -1 if there is no room
     */
    int openSlab(int sizeClass, int ownerId, Temperature temperature) {
        synchronized (lock) {
            settle();
            int pageCount = slabCounts[sizeClass] < MANY_SLABS
                    ? Slots.pageCountFor(sizeClass)
                    : Slots.largePageCountFor(sizeClass);
            int firstPage = open(sizeClass + 1, pageCount, ownerId, temperature, 0);
            slabCounts[sizeClass] += firstPage < 0 ? 0 : 1;
            return firstPage;
        }
    }

    /** Takes pages for a packed run, as {@link #openSlab}. */
    int openPackedRun(int ownerId, Temperature temperature) {
        synchronized (lock) {
            settle();
            return open(RunWord.PACKED, RunWord.PAGE_COUNT_MAX, ownerId, temperature, PackedRuns.GRANULE_COUNT);
        }
    }

    private int open(int cut, int pageCount, int ownerId, Temperature temperature, int last) {
        try {
            int firstPage = runs.allocate(pageCount, 0, temperature);
            if (firstPage >= 0) {
                lines.prepare(firstPage);
                begin(firstPage, RunWord.of(cut, pageCount, ownerId, RunWord.placeCount(cut, pageCount), last));
                openedCounts[kindOf(cut)] += temperature == Temperature.HOT ? 1 : 0;
            }
            return firstPage;
        } catch (Throwable e) {
            cutShort = true;
            throw e;
        }
    }

    /** {@return the index of a kind of run: the size class of a slab, or one more than the last for a packed run} */
    static int kindOf(int cut) {
        return cut - 1;
    }

    private void begin(int firstPage, long first) {
        long[] words = lines.of(firstPage);
        int line = Lines.lineOf(firstPage);
        int pageCount = RunWord.pageCount(first);
        for (int page = firstPage; FineLines.has(first) && page < firstPage + pageCount; page++) {
            words[Lines.lineOf(page)] = lines.fine.take(FineLines.log2LinesPerPage(first));
        }
        RunLife.begin(lines, firstPage, first);
        for (int distance = pageCount - 1; distance > 0; distance--) {
            words[line + (distance << Lines.LOG2_WORD_COUNT) + Lines.RUN] = RunWord.at(first, distance);
        }
        // Last: from here on the run exists.
        words[line + Lines.RUN] = first;
    }

    /** {@return whether a run of this many pages fits without another region} */
    boolean hasPagesFor(int pageCount) {
        synchronized (lock) {
            settle();
            return runs.hasPagesFor(pageCount);
        }
    }

    /** Takes back the pages of a vacant cut run. Pre: its life has ended. */
    void close(int firstPage) {
        synchronized (lock) {
            settle();
            long first = lines.first(firstPage);
            int pageCount = RunWord.pageCount(first);
            lines.setFirst(firstPage, RunWord.NONE);
            try {
                clear(firstPage, first);
                if (!RunWord.isPacked(first)) {
                    slabCounts[RunWord.sizeClass(first)]--;
                }
                runs.free(firstPage, pageCount);
            } catch (OutOfMemoryError | StackOverflowError e) {
                // The run is closed; the next caller rebuilds the rest.
                cutShort = true;
            }
        }
    }

    /** Clears the lines of a run that has ended. */
    private void clear(int firstPage, long first) {
        long[] words = lines.of(firstPage);
        for (int page = firstPage; page < firstPage + RunWord.pageCount(first); page++) {
            int line = Lines.lineOf(page);
            words[line + Lines.RUN] = RunWord.NONE;
            // How the blocks of a slab were held.
            words[line + BlockBits.INNER] = 0;
            if (FineLines.has(first)) {
                int fineLine = (int) words[line];
                words[line] = 0;
                lines.fine.giveBack(fineLine, FineLines.log2LinesPerPage(first));
            }
        }
    }

    /**
     * Rebuilds the bookkeeping of pages if an Error cut a change short. Pre: the lock is held.
     *
     * <p>What holds pages is recorded first and given up last: the words of the first pages of cut runs and large runs.
     * All else follows from that.
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
        Arrays.fill(slabCounts, 0);
        for (int page = lines.nextRun(0); page >= 0;) {
            long first = lines.first(page);
            int pageCount = RunWord.pageCount(first);
            if (!RunWord.isPacked(first)) {
                slabCounts[RunWord.sizeClass(first)]++;
            }
            rebuild.take(page, pageCount);
            page = lines.nextRun(page + pageCount);
        }
        for (int page = large.next(0); page >= 0; page = large.next(page + 1)) {
            if (LargeRuns.hasEnded(large.word(page))) {
                erase(Pages.offsetOf(page), Pages.offsetOf(LargeRuns.heldPageCount(large.word(page))));
                large.set(page, 0);
                continue;
            }
            int pageCount = LargeRuns.heldPageCount(large.word(page));
            rebuild.take(page, pageCount);
            runByteSize += Pages.offsetOf(pageCount);
            runBlockCount++;
        }
        rebuild.end();
        lines.clearStale();
    }

    private enum Extent {
        /** The pages that the block needs. */
        EXACT,
        /** Also the free pages after them in the region. */
        STRETCH
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

    private long allocateRun(
            long byteSize, int log2Alignment, Temperature temperature, Holder holder, Extent extent) {
        synchronized (lock) {
            settle();
            try {
                int needed = Pages.countFor(byteSize);
                int log2PageAlignment = Math.max(0, log2Alignment - Pages.LOG2_BYTE_SIZE);
                int firstPage = runs.allocate(needed, log2PageAlignment, temperature);
                if (firstPage < 0) {
                    return -1;
                }
                large.prepare(firstPage);
                int pageCount = extent == Extent.EXACT ? needed : needed + runs.extend(firstPage + needed);
                long taken = Pages.offsetOf(pageCount);
                long offset = Pages.offsetOf(firstPage);
                int live = LargeRuns.live(pageCount, holder);
                large.set(firstPage, temperature == Temperature.HOT ? live : LargeRuns.cold(live));
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

    /** Frees the run that starts at {@code offset}, and erases it. */
    FreeResult freeRun(long offset, Holder holder) {
        synchronized (lock) {
            settle();
            int firstPage = Pages.indexOf(offset);
            int word = large.word(firstPage);
            FreeResult verdict = judgeRun(offset, holder);
            if (verdict != FreeResult.DONE) {
                return verdict;
            }
            int[] words = large.of(firstPage);
            int index = Pages.inRegion(firstPage);
            int ended = LargeRuns.ended(word);
            try {
                // Another thread may free it at the same moment, without the lock.
                if (!LargeRuns.WORD.compareAndSet(words, index, word, ended)) {
                    return FreeResult.NOT_LIVE;
                }
                giveBack(firstPage, eraser);
            } catch (OutOfMemoryError | StackOverflowError e) {
                // No call: the stack may have no room. Has this thread ended the block?
                if (words[index] != ended && words[index] != 0) {
                    throw e;
                }
                // It is free; the next caller rebuilds the rest.
                cutShort = true;
            }
            return FreeResult.DONE;
        }
    }

    /** Frees a run that an owner kept. Pre: it is erased. */
    void releaseParked(long offset) {
        synchronized (lock) {
            settle();
            giveBack(Pages.indexOf(offset), Eraser.NONE);
        }
    }

    /** Erases a run that has ended, and gives its pages back. */
    private void giveBack(int firstPage, Eraser with) {
        try {
            int pageCount = LargeRuns.heldPageCount(large.word(firstPage));
            with.erase(Pages.offsetOf(firstPage), Pages.offsetOf(pageCount));
            large.set(firstPage, 0);
            runBlockCount--;
            giveBack(firstPage, pageCount);
        } catch (OutOfMemoryError | StackOverflowError e) {
            // The block is free; the next caller rebuilds the rest.
            cutShort = true;
        }
    }

    /** Gives back pages that no run covers any more. */
    private void giveBack(int firstPage, int pageCount) {
        try {
            runByteSize -= Pages.offsetOf(pageCount);
            runs.free(firstPage, pageCount);
        } catch (OutOfMemoryError | StackOverflowError e) {
            // The pages are free; the next caller rebuilds the rest.
            cutShort = true;
        }
    }

    /** Shrinks a run to {@code byteSize} bytes: gives back the pages after them, and erases the bytes after them. */
    FreeResult shrinkRun(long offset, long byteSize, Holder holder) {
        return shrinkRun(offset, byteSize, holder, eraser);
    }

    FreeResult shrinkRun(long offset, long byteSize, Holder holder, Eraser with) {
        synchronized (lock) {
            settle();
            int firstPage = Pages.indexOf(offset);
            int word = large.word(firstPage);
            FreeResult verdict = judgeRun(offset, holder);
            int pageCount = LargeRuns.pageCount(word);
            if (verdict != FreeResult.DONE || byteSize >= Pages.offsetOf(pageCount)) {
                return verdict;
            }
            // Meanwhile it stays live, and no thread can free it without the lock.
            if (!large.replace(firstPage, word, LargeRuns.shrinking(word))) {
                return FreeResult.NOT_LIVE;
            }
            int[] words = large.of(firstPage);
            int index = Pages.inRegion(firstPage);
            int keptPageCount = Pages.countFor(byteSize);
            int kept = LargeRuns.shrunk(word, keptPageCount);
            try {
                with.erase(offset + byteSize, Pages.offsetOf(pageCount) - byteSize);
                words[index] = kept;
                if (keptPageCount < pageCount) {
                    giveBack(firstPage + keptPageCount, pageCount - keptPageCount);
                }
            } catch (Throwable e) {
                if (words[index] != kept || !(e instanceof VirtualMachineError)) {
                    words[index] = word;
                    throw e;
                }
                // It is shrunk; the next caller rebuilds the rest.
                cutShort = true;
            }
            return FreeResult.DONE;
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
        return LargeRuns.holder(large.word(Pages.indexOf(offset))) == holder ? FreeResult.DONE
                : FreeResult.HELD_OTHERWISE;
    }

    /** {@return the start of the live block of whole pages that contains {@code offset}, or -1 if there is none} */
    long runStartOf(long offset) {
        int firstPage = large.firstPage(Pages.indexOf(offset));
        return firstPage < 0 ? -1 : Pages.offsetOf(firstPage);
    }

    /** {@return bytes of the run that starts at {@code start}} */
    long runByteSizeAt(long start) {
        int word = large.word(Pages.indexOf(start));
        return LargeRuns.isLive(word) ? Pages.offsetOf(LargeRuns.pageCount(word)) : 0;
    }
}
