package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.lang.invoke.VarHandle;

/**
 * A run of 16 pages in granules of 64 bytes: a block takes as many consecutive granules as it needs.
 *
 * <p>Two bits per granule, outside the pages, hold everything: where blocks start, which granules a block covers after
 * its first, and (in the second bit of a first granule, which is otherwise unused) how the block is held.
 *
 * <table>
 * <caption>Granules</caption>
 * <tr><th>start</th><th>inner</th><th>granule</th></tr>
 * <tr><td>0</td><td>0</td><td>free</td></tr>
 * <tr><td>0</td><td>1</td><td>second or later granule of a block</td></tr>
 * <tr><td>1</td><td>0</td><td>first granule of a block held by its address</td></tr>
 * <tr><td>1</td><td>1</td><td>first granule of a block held by an object</td></tr>
 * </table>
 *
 * <p>Both bits of a granule lie in one word and are written by one store, so that a thread that does not own the run
 * but holds a block in it reads the block's size correctly while the owner changes what follows.
 *
 * <p>All searches scan at most 32 words.
 */
final class PackedRun extends CutRun {
    static final int LOG2_GRANULE_BYTE_SIZE = 6;
    static final int GRANULE_BYTE_SIZE = 1 << LOG2_GRANULE_BYTE_SIZE;
    static final int PAGE_COUNT = 16;
    static final int GRANULE_COUNT = PAGE_COUNT * Pages.BYTE_SIZE / GRANULE_BYTE_SIZE;

    private static final int WORD_COUNT = GRANULE_COUNT / POSITIONS_PER_WORD;

    /** Granules of the smallest block, so that no two blocks start in one pair of granules. */
    static final int LEAST_GRANULE_COUNT = 2;

    int freeCount = GRANULE_COUNT;
    /** Granules of the longest free stretch, which decides the run's bin. */
    int longestFree = GRANULE_COUNT;

    PackedRun(int number, SlabOwner owner) {
        super(number, owner, GRANULE_COUNT, GRANULE_BYTE_SIZE, 1);
    }

    /** {@return the granules that {@code byteSize} bytes need} */
    static int granuleCount(int byteSize) {
        return Math.max(LEAST_GRANULE_COUNT, (byteSize + GRANULE_BYTE_SIZE - 1) >>> LOG2_GRANULE_BYTE_SIZE);
    }

    int longestFree() {
        return longestFree;
    }

    int freeCount() {
        return freeCount;
    }

    /** Reads the free stretches. */
    void readFree(Stretches stretches) {
        stretches.read(books, WORD_COUNT);
    }

    /** Recomputes the longest free stretch, after calls that did not maintain it. */
    void noteLongestFree(int granuleCount) {
        longestFree = granuleCount;
    }

    /** Takes granules. Pre: they are free. Does not maintain {@link #longestFree()}. */
    void take(int first, int count, Holder holder) {
        dropLateMark(first);
        int firstWord = first >> LOG2_POSITIONS_PER_WORD;
        int lastWord = (first + count - 1) >> LOG2_POSITIONS_PER_WORD;
        long startBit = startBit(first);
        long heldBit = holder == Holder.OBJECT ? 0 : startBit << POSITIONS_PER_WORD;
        books[firstWord] |= startBit | ((range(firstWord, first, first + count) << POSITIONS_PER_WORD) & ~heldBit);
        for (int word = firstWord + 1; word <= lastWord; word++) {
            books[word] |= range(word, first, first + count) << POSITIONS_PER_WORD;
        }
        freeCount -= count;
    }

    /** Frees the end of a live block, from its {@code keptByteSize} on, whole granules only. */
    void shrink(int first, int keptByteSize) {
        int keptEnd = first + granuleCount(keptByteSize);
        int end = endOf(first);
        clear(keptEnd, end);
        freeCount += end - keptEnd;
        noteFreed(keptEnd, end);
    }

    private void noteFreed(int from, int to) {
        if (to > from) {
            longestFree = Math.max(longestFree, nextOccupied(from) - (previousOccupied(from) + 1));
        }
    }

    private static long startBits(long word) {
        return word & START_BITS;
    }

    private static long occupiedBits(long word) {
        return (word | word >>> POSITIONS_PER_WORD) & START_BITS;
    }

    /** {@return the start bits of those granules of a word that lie in a range; at least one does} */
    private static long range(int word, int from, int to) {
        int base = word << LOG2_POSITIONS_PER_WORD;
        int low = Math.max(from - base, 0);
        int high = Math.min(to - base, POSITIONS_PER_WORD);
        return (START_BITS >>> (POSITIONS_PER_WORD - high + low)) << low;
    }

    private void clear(int from, int to) {
        for (int word = from >> LOG2_POSITIONS_PER_WORD; word << LOG2_POSITIONS_PER_WORD < to; word++) {
            long range = range(word, from, to);
            books[word] &= ~(range | range << POSITIONS_PER_WORD);
        }
    }

    /** {@return the granules of a word from {@code from} on} */
    private static long notBefore(int from) {
        return START_BITS << (from & (POSITIONS_PER_WORD - 1)) & START_BITS;
    }

    private static int granule(int word, long bits) {
        return (word << LOG2_POSITIONS_PER_WORD) + Long.numberOfTrailingZeros(bits);
    }

    private static int lastGranule(int word, long bits) {
        return (word << LOG2_POSITIONS_PER_WORD) + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
    }

    private int nextOccupied(int from) {
        long mask = notBefore(from);
        for (int word = from >> LOG2_POSITIONS_PER_WORD; word < WORD_COUNT; word++) {
            long occupied = occupiedBits(books[word]) & mask;
            if (occupied != 0) {
                return granule(word, occupied);
            }
            mask = START_BITS;
        }
        return GRANULE_COUNT;
    }

    /** {@return the last occupied granule below {@code before}, or -1} */
    private int previousOccupied(int before) {
        long mask = startBit(before) - 1;
        for (int word = before >> LOG2_POSITIONS_PER_WORD; word >= 0; word--) {
            long occupied = occupiedBits(books[word]) & mask;
            if (occupied != 0) {
                return lastGranule(word, occupied);
            }
            mask = START_BITS;
        }
        return -1;
    }

    /** {@return the start, in an earlier word, of the block that a granule of this word belongs to, or -1} */
    private int startBefore(int word, int granule) {
        for (int earlier = word - 1; earlier >= 0; earlier--) {
            long starts = startBits(books[earlier]);
            if (starts != 0) {
                int first = lastGranule(earlier, starts);
                // The owner may have freed the granule's block meanwhile; then this is another one.
                return endOf(first) > granule ? first : -1;
            }
        }
        return -1;
    }

    int granuleCountOf(int first) {
        return endOf(first) - first;
    }

    /** Frees a block's granules. Pre: it is live or parked, and erased. */
    void free(int first, int count) {
        assert isStart(first) && endOf(first) == first + count : "no such block: first=" + first + " count=" + count;
        int end = first + count;
        clear(first, end);
        VarHandle.storeStoreFence();
        clearParked(first);
        freeCount += count;
        noteFreed(first, end);
    }

    @Override
    int fixedPageCount() {
        return PAGE_COUNT;
    }

    @Override
    void rebuild(RunSpace space) {
        freeCount = 0;
        longestFree = 0;
        int length = 0;
        for (int granule = 0; granule < GRANULE_COUNT;) {
            int end = granule + 1;
            boolean isLive = isStart(granule);
            if (isLive) {
                end = endOf(granule);
                if (isParked(granule)) {
                    space.erase(firstByte() + startAt(granule), usableByteSize(granule));
                    isLive = false;
                }
            }
            if (isLive) {
                length = 0;
            } else {
                // Also the rest of a block whose free was cut short: its first granule is free.
                clear(granule, end);
                clearParkedIfFree(granule);
                freeCount += end - granule;
                length += end - granule;
                longestFree = Math.max(longestFree, length);
            }
            granule = end;
        }
    }

    private void clearParkedIfFree(int granule) {
        if (!isStart(granule) && !isStart(granule ^ 1)) {
            clearParked(granule);
        }
    }

    @Override
    boolean isVacant() {
        return freeCount == GRANULE_COUNT;
    }

    @Override
    int positionOf(int offset) {
        int granule = offset >>> LOG2_GRANULE_BYTE_SIZE;
        if (granule >= GRANULE_COUNT) {
            return -1;
        }
        int word = granule >> LOG2_POSITIONS_PER_WORD;
        // One read, so that a block freed meanwhile is not mistaken for a part of the one before.
        long bits = books[word];
        long bit = startBit(granule);
        if ((occupiedBits(bits) & bit) == 0) {
            return -1;
        }
        long starts = startBits(bits) & ((bit << 1) - 1);
        int first = starts != 0 ? lastGranule(word, starts) : startBefore(word, granule);
        return first < 0 || isParked(first) ? -1 : first;
    }

    /**
     * {@return whether a granule is the second or a later one of its block, or the first of a block held by an object}
     */
    private boolean isInner(int granule) {
        return (books[granule >> LOG2_POSITIONS_PER_WORD] >>> POSITIONS_PER_WORD & startBit(granule)) != 0;
    }

    @Override
    int freeByteSize() {
        int parkedGranuleCount = 0;
        for (int pair = 0; pair < GRANULE_COUNT / LEAST_GRANULE_COUNT; pair++) {
            if (isParked(2 * pair)) {
                parkedGranuleCount += granuleCountOf(isStart(2 * pair) ? 2 * pair : 2 * pair + 1);
            }
        }
        return (freeCount + parkedGranuleCount) << LOG2_GRANULE_BYTE_SIZE;
    }

    @Override
    long metadataByteSize() {
        return commonMetadataByteSize() + 8;
    }

    @Override
    void checkInvariants() {
        int free = 0;
        int longest = 0;
        int length = 0;
        boolean previousFree = true;
        for (int granule = 0; granule < GRANULE_COUNT; granule++) {
            boolean isInner = isInner(granule);
            boolean isFree = !isStart(granule) && !isInner;
            if (isInner && !isStart(granule) && previousFree) {
                throw new IllegalStateException("packed run " + number + ": granule " + granule + " has no start");
            }
            if (isParked(granule) && !isStart(granule) && !isStart(granule ^ 1)) {
                throw new IllegalStateException("packed run " + number + ": nothing is parked at granule " + granule);
            }
            free += isFree ? 1 : 0;
            length = isFree ? length + 1 : 0;
            longest = Math.max(longest, length);
            previousFree = isFree;
        }
        if (free != freeCount || longest != longestFree) {
            throw new IllegalStateException("packed run " + number + ": counted free=" + free + " longest=" + longest
                    + " kept free=" + freeCount + " longest=" + longestFree);
        }
    }
}
