package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.lang.invoke.VarHandle;

/**
 * The slots of slabs: runs cut into equal slots of one size class. A slab is named by its first page.
 *
 * <p>Slots are handed out in rotation from a cursor, not last in first out: on x86-64, rewriting an address that was
 * just executed costs about 50 ns (detection of self-modifying code), so a freed slot is the last to be reused.
 */
final class Slots {
    /**
     * The positions at which slots start, one word for each line: for the slabs of each class with few pages, and for
     * those with many.
     */
    private static final long[][] STARTS = new long[SizeClasses.SLOT_CLASS_COUNT][];

    private static final long[][] STARTS_IN_LARGE = new long[SizeClasses.SLOT_CLASS_COUNT][];

    static {
        for (int sizeClass = 0; sizeClass < SizeClasses.SLOT_CLASS_COUNT; sizeClass++) {
            STARTS[sizeClass] = starts(sizeClass, pageCountFor(sizeClass));
            STARTS_IN_LARGE[sizeClass] = starts(sizeClass, largePageCountFor(sizeClass));
        }
    }

    /** Slots that are parked when one is taken. */
    private static final int BATCH = 7;

    private final Lines lines;

    Slots(Lines lines) {
        this.lines = lines;
    }

    private static long[] starts(int sizeClass, int pageCount) {
        long run = RunWord.of(sizeClass + 1, pageCount, 0, 0, 0);
        long[] starts = new long[Lines.lineCount(run)];
        int slotByteSize = SizeClasses.byteSize(sizeClass);
        for (int slot = 0; slot < RunWord.placeCount(sizeClass + 1, pageCount); slot++) {
            int position = (slot * slotByteSize) >>> FineLines.log2PositionByteSize(run);
            starts[position >>> BlockBits.LOG2_POSITIONS_PER_LINE] |= 1L << position;
        }
        return starts;
    }

    /** {@return the pages of a slab of this class: the fewest, up to 16, that hold 8 slots and waste at most 1/32} */
    static int pageCountFor(int sizeClass) {
        int slot = SizeClasses.byteSize(sizeClass);
        for (int pages = 1; pages < RunWord.PAGE_COUNT_MAX; pages *= 2) {
            int bytes = pages << Pages.LOG2_BYTE_SIZE;
            if (bytes / slot >= 8 && bytes % slot <= bytes / 32) {
                return pages;
            }
        }
        return RunWord.PAGE_COUNT_MAX;
    }

    /** {@return the pages of a slab of a class that has many: four times as many, up to 16} */
    static int largePageCountFor(int sizeClass) {
        return Math.min(RunWord.PAGE_COUNT_MAX, 4 * pageCountFor(sizeClass));
    }

    /** {@return the positions at which the slots of a slab start} */
    private static long[] starts(long first) {
        int sizeClass = RunWord.sizeClass(first);
        long[] starts = STARTS[sizeClass];
        return starts.length == Lines.lineCount(first) ? starts : STARTS_IN_LARGE[sizeClass];
    }

    /** {@return the offset in the slab of the slot that starts at a position of one of its lines} */
    static int inRun(long first, int index, int bit) {
        int slotByteSize = RunWord.placeByteSize(first);
        int step = Lines.inRun(first, index, bit);
        int behind = RunWord.inPlace(RunWord.cut(first), step);
        return behind == 0 ? step : step - behind + slotByteSize;
    }

    /**
     * Takes a slot, and parks some of those that follow it, so that most allocations need no search. Pre: one is free.
     *
     * @param stacks the {@link Magazines} of the owner; if the stack of this class is empty, the parked slots go there
     * @return the offset of the slot
     */
    long take(int firstPage, RemoteFrees remote, Holder holder, long[] stacks) {
        long[] region = lines.of(firstPage);
        int runAt = Lines.lineOf(firstPage) + Lines.RUN;
        long first = region[runAt];
        long[] starts = starts(first);
        int cursor = RunWord.last(first);
        int index = cursor >>> BlockBits.LOG2_POSITIONS_PER_LINE;
        long mask = -1L << cursor;
        long[] words;
        int position;
        long free;
        while (true) {
            if (index >= starts.length) {
                index = 0;
                mask = -1;
            }
            words = lines.bitsOf(firstPage, first, index);
            position = lines.positionOf(firstPage, first, index);
            free = starts[index] & ~words[BlockBits.lineOf(position)] & mask;
            if (free != 0) {
                break;
            }
            index++;
            mask = -1;
        }
        int word = BlockBits.lineOf(position);
        int bit = Long.numberOfTrailingZeros(free);
        remote.dropLate(words, position + bit);
        BlockBits.setHolder(first, words, position + bit, holder);
        long base = Pages.offsetOf(firstPage);
        long offset = base + inRun(first, index, bit);
        int stack = Magazines.stackOf(RunWord.sizeClass(first));
        // The last free slot is only taken alone: then the slab is in another list.
        int most = Math.min(BATCH, Math.max(0, RunWord.freeCount(first) - 2));
        int moreCount = stacks[stack] == 0 ? Math.min(most, Long.bitCount(free) - 1) : 0;
        long left = free & (free - 1);
        for (int slot = moreCount; slot > 0; slot--) {
            stacks[stack + slot] = base + inRun(first, index, Long.numberOfTrailingZeros(left));
            left &= left - 1;
        }
        long taken = free & ~left;
        int last = (index << BlockBits.LOG2_POSITIONS_PER_LINE) + Long.SIZE - Long.numberOfLeadingZeros(taken);
        long next = RunWord.withLast(first - RunWord.ONE_FREE * (moreCount + 1), last);
        words[word + Lines.PARKED] |= taken & (taken - 1);
        // First parked, then a block: no other thread sees a live one.
        VarHandle.storeStoreFence();
        // No call from here on: an Error would leave the slots half taken.
        region[runAt] = next;
        words[word] |= taken;
        stacks[stack] += moreCount;
        return offset;
    }

    /** Frees a slot. Pre: it is live or parked, and erased. */
    void free(int firstPage, long[] words, int position) {
        long[] region = lines.of(firstPage);
        int run = Lines.lineOf(firstPage) + Lines.RUN;
        int word = BlockBits.lineOf(position);
        // No call in between: an Error would leave the count wrong.
        words[word] &= ~(1L << position);
        region[run] += RunWord.ONE_FREE;
        BlockBits.clearParked(words, position);
    }

    /** Frees the parked slots of a slab and counts the free ones, after an Error cut a change short. */
    void rebuild(int firstPage, RunSpace space) {
        long first = lines.first(firstPage);
        long[] starts = starts(first);
        int free = 0;
        for (int index = 0; index < starts.length; index++) {
            long[] words = lines.bitsOf(firstPage, first, index);
            int line = BlockBits.lineOf(lines.positionOf(firstPage, first, index));
            for (long parked = words[line + Lines.PARKED]; parked != 0; parked &= parked - 1) {
                int bit = Long.numberOfTrailingZeros(parked);
                int position = lines.positionOf(firstPage, first, index) + bit;
                if (BlockBits.isStart(words, position)) {
                    space.erase(
                            Pages.offsetOf(firstPage) + inRun(first, index, bit), RunWord.placeByteSize(first));
                    words[line] &= ~BlockBits.bit(position);
                }
                BlockBits.clearParked(words, position);
            }
            free += Long.bitCount(starts[index] & ~words[line]);
        }
        lines.setFirst(firstPage, RunWord.withFreeCount(first, free));
    }

    /** Checks the bits and the count of a slab. */
    void check(int firstPage) {
        long first = lines.first(firstPage);
        long[] starts = starts(first);
        int free = 0;
        for (int index = 0; index < starts.length; index++) {
            long[] words = lines.bitsOf(firstPage, first, index);
            int line = BlockBits.lineOf(lines.positionOf(firstPage, first, index));
            long taken = words[line];
            if ((taken & ~starts[index]) != 0 || (words[line + Lines.PARKED] & ~taken) != 0) {
                throw new IllegalStateException("slab at page " + firstPage + ": line " + index
                        + " holds, or has parked, what no block starts at");
            }
            free += Long.bitCount(starts[index] & ~taken);
        }
        if (free != RunWord.freeCount(first)) {
            throw new IllegalStateException("slab at page " + firstPage + ": counted free=" + free + " kept="
                    + RunWord.freeCount(first));
        }
    }
}
