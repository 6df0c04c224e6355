package dev.ashlar.slab;

/**
 * A run of 16 pages packed in granules of 64 bytes: a block takes as many consecutive granules as it needs.
 *
 * <p>Two bits a granule, off the page, say all: where blocks start, which granules a block covers beyond its first, and
 * (in the second bit of a first granule, which that meaning leaves unused) how the block is held.
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
 * <p>Best fit inside the run. All searches are over 16 words, whatever is live elsewhere.
 */
final class PackedRun extends CutRun {
    static final int LOG2_GRANULE_BYTE_SIZE = 6;
    static final int GRANULE_BYTE_SIZE = 1 << LOG2_GRANULE_BYTE_SIZE;
    static final int PAGE_COUNT = 16;
    static final int GRANULE_COUNT = PAGE_COUNT * 4096 / GRANULE_BYTE_SIZE;

    private static final int WORD_COUNT = GRANULE_COUNT / Long.SIZE;

    private final long[] start = new long[WORD_COUNT];
    private final long[] inner = new long[WORD_COUNT];
    private int freeCount = GRANULE_COUNT;
    /** Granules of the longest free stretch; the store bins this run by it. */
    private int longestFree = GRANULE_COUNT;

    PackedRun(int number) {
        super(number);
    }

    /** {@return the granules that {@code byteSize} bytes take} */
    static int granuleCount(int byteSize) {
        return (byteSize + GRANULE_BYTE_SIZE - 1) >>> LOG2_GRANULE_BYTE_SIZE;
    }

    int longestFree() {
        return longestFree;
    }

    /**
     * Takes granules from the shortest free stretch that suffices.
     *
     * @param count granules, at least 1
     * @param alignment the block starts at a multiple of so many granules; a power of two
     * @return the block's offset; pre: a stretch of {@code count + alignment - 1} granules is free
     */
    int allocate(int count, int alignment, Holder holder) {
        int needed = count + alignment - 1;
        assert needed <= longestFree : "needed=" + needed + " longestFree=" + longestFree;
        int best = -1;
        int bestLength = Integer.MAX_VALUE;
        int longest = 0;
        int longestOther = 0;
        for (int from = nextFree(0); from < GRANULE_COUNT;) {
            int to = nextOccupied(from);
            int length = to - from;
            if (length >= longest) {
                longestOther = longest;
                longest = length;
            } else {
                longestOther = Math.max(longestOther, length);
            }
            if (length >= needed && length < bestLength) {
                best = from;
                bestLength = length;
            }
            from = nextFree(to);
        }
        int first = (best + alignment - 1) & -alignment;
        mark(first, count, holder);
        freeCount -= count;
        int remainder = Math.max(first - best, best + bestLength - first - count);
        longestFree = Math.max(bestLength == longest ? longestOther : longest, remainder);
        return first << LOG2_GRANULE_BYTE_SIZE;
    }

    private void mark(int first, int count, Holder holder) {
        start[first >> 6] |= 1L << first;
        setRange(inner, holder == Holder.OBJECT ? first : first + 1, first + count);
    }

    /** Frees the end of a live block, from its {@code keptByteSize} on, whole granules only. */
    void shrink(int offset, int keptByteSize) {
        int first = offset >>> LOG2_GRANULE_BYTE_SIZE;
        int keptEnd = first + granuleCount(keptByteSize);
        int end = endOf(first);
        clearRange(inner, keptEnd, end);
        freeCount += end - keptEnd;
        noteFreed(keptEnd, end);
    }

    private void noteFreed(int from, int to) {
        if (to > from) {
            longestFree = Math.max(longestFree, nextOccupied(from) - (previousOccupied(from) + 1));
        }
    }

    private boolean isStart(int granule) {
        return ((start[granule >> 6] >>> granule) & 1) != 0;
    }

    private int endOf(int first) {
        int from = first + 1;
        int word = from >> 6;
        long mask = -1L << from;
        for (; word < WORD_COUNT; word++) {
            long boundary = (start[word] | ~inner[word]) & mask;
            if (boundary != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(boundary);
            }
            mask = -1L;
        }
        return GRANULE_COUNT;
    }

    private int nextFree(int from) {
        long mask = -1L << from;
        for (int word = from >> 6; word < WORD_COUNT; word++) {
            long free = ~(start[word] | inner[word]) & mask;
            if (free != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(free);
            }
            mask = -1L;
        }
        return GRANULE_COUNT;
    }

    private int nextOccupied(int from) {
        long mask = -1L << from;
        for (int word = from >> 6; word < WORD_COUNT; word++) {
            long occupied = (start[word] | inner[word]) & mask;
            if (occupied != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(occupied);
            }
            mask = -1L;
        }
        return GRANULE_COUNT;
    }

    /** {@return the last occupied granule below {@code before}, or -1} */
    private int previousOccupied(int before) {
        long mask = ~(-1L << before);
        for (int word = before >> 6; word >= 0; word--) {
            long occupied = (start[word] | inner[word]) & mask;
            if (occupied != 0) {
                return (word << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(occupied);
            }
            mask = -1L;
        }
        return -1;
    }

    /** {@return the last start at or below {@code granule}, which lies inside a block} */
    private int startAtOrBelow(int granule) {
        int word = granule >> 6;
        long bits = start[word] & (-1L >>> (Long.SIZE - 1 - (granule & 63)));
        while (bits == 0) {
            bits = start[--word];
        }
        return (word << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
    }

    @Override
    boolean isVacant() {
        return freeCount == GRANULE_COUNT;
    }

    @Override
    int startOf(int offset) {
        int granule = offset >>> LOG2_GRANULE_BYTE_SIZE;
        long bit = 1L << granule;
        boolean occupied = ((start[granule >> 6] | inner[granule >> 6]) & bit) != 0;
        return occupied ? startAtOrBelow(granule) << LOG2_GRANULE_BYTE_SIZE : -1;
    }

    @Override
    int usableByteSize(int offset) {
        int first = offset >>> LOG2_GRANULE_BYTE_SIZE;
        return (endOf(first) - first) << LOG2_GRANULE_BYTE_SIZE;
    }

    @Override
    Holder holder(int offset) {
        int first = offset >>> LOG2_GRANULE_BYTE_SIZE;
        return ((inner[first >> 6] >>> first) & 1) == 0 ? Holder.ADDRESS : Holder.OBJECT;
    }

    @Override
    void free(int offset) {
        int first = offset >>> LOG2_GRANULE_BYTE_SIZE;
        assert isStart(first) : "no block starts at granule " + first;
        int end = endOf(first);
        start[first >> 6] &= ~(1L << first);
        clearRange(inner, first, end);
        freeCount += end - first;
        noteFreed(first, end);
    }

    private static void setRange(long[] words, int from, int to) {
        for (int position = from; position < to;) {
            int end = Math.min(to, (position | 63) + 1);
            words[position >> 6] |= (-1L >>> (Long.SIZE - (end - position))) << position;
            position = end;
        }
    }

    private static void clearRange(long[] words, int from, int to) {
        for (int position = from; position < to;) {
            int end = Math.min(to, (position | 63) + 1);
            words[position >> 6] &= ~((-1L >>> (Long.SIZE - (end - position))) << position);
            position = end;
        }
    }

    @Override
    int freeByteSize() {
        return freeCount << LOG2_GRANULE_BYTE_SIZE;
    }

    @Override
    long metadataByteSize() {
        return 56 + 2 * (16 + 8L * WORD_COUNT);
    }

    @Override
    void checkInvariants() {
        int free = 0;
        int longest = 0;
        int length = 0;
        boolean previousFree = true;
        for (int granule = 0; granule < GRANULE_COUNT; granule++) {
            boolean isInner = ((inner[granule >> 6] >>> granule) & 1) != 0;
            boolean isFree = !isStart(granule) && !isInner;
            if (isInner && !isStart(granule) && previousFree) {
                throw new IllegalStateException("packed run " + number + ": granule " + granule + " has no start");
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
