package dev.ashlar.slab;

/**
 * The free stretches of one packed run, read in one pass and used up one after the other. An owner reuses this object
 * for every run, so that reading allocates nothing.
 */
final class Stretches {
    /** Blocks of at least two granules lie between them. */
    private static final int LARGEST_COUNT = PackedRun.GRANULE_COUNT / PackedRun.LEAST_GRANULE_COUNT / 2 + 1;

    private final short[] starts = new short[LARGEST_COUNT];
    private final short[] ends = new short[LARGEST_COUNT];
    private int count;
    /** Whether some stretch is too short for any block. */
    private boolean hasSingles;

    /** Forgets all. */
    void clear() {
        count = 0;
        hasSingles = false;
    }

    /**
     * Reads the granules that neither half of a word marks.
     *
     * @param granules 32 granules per word; a granule is free if its bits in both halves are 0
     * @param wordCount how many words to read, an even number
     */
    void read(long[] granules, int wordCount) {
        clear();
        // The start of the stretch that reaches the current word, or -1.
        int begun = -1;
        for (int word = 0; word < wordCount >> 1; word++) {
            long free = ~occupied(granules[2 * word], granules[2 * word + 1]);
            int base = word << 6;
            if (begun >= 0) {
                if (free == -1L) {
                    continue;
                }
                int leading = Long.numberOfTrailingZeros(~free);
                add(begun, base + leading);
                begun = -1;
                free &= -1L << leading;
            }
            while (free != 0) {
                int from = Long.numberOfTrailingZeros(free);
                int to = from + Long.numberOfTrailingZeros(~(free >>> from));
                if (to == Long.SIZE) {
                    begun = base + from;
                    break;
                }
                add(base + from, base + to);
                free &= -1L << to;
            }
        }
        if (begun >= 0) {
            add(begun, wordCount << 5);
        }
    }

    /** {@return the granules of two words that are marked in either half} */
    private static long occupied(long lower, long upper) {
        long low = (lower | lower >>> Integer.SIZE) & 0xffff_ffffL;
        return low | ((upper | upper << Integer.SIZE) & ~0xffff_ffffL);
    }

    /** Adds a stretch. */
    void add(int start, int end) {
        if (end - start < PackedRun.LEAST_GRANULE_COUNT) {
            hasSingles |= end > start;
            return;
        }
        starts[count] = (short) start;
        ends[count] = (short) end;
        count++;
    }

    /** {@return the number of a stretch of at least {@code length} granules, or -1 if there is none} */
    int choose(int length) {
        int index = count - 1;
        while (index >= 0 && ends[index] - starts[index] < length) {
            index--;
        }
        return index;
    }

    /** {@return the first granule of a stretch} */
    int start(int index) {
        return starts[index];
    }

    /** {@return the granule after a stretch} */
    int end(int index) {
        return ends[index];
    }

    /** Removes a stretch; another one gets its number. */
    void remove(int index) {
        count--;
        starts[index] = starts[count];
        ends[index] = ends[count];
    }

    /** {@return granules of the longest stretch} */
    int longest() {
        int longest = hasSingles ? 1 : 0;
        for (int index = 0; index < count; index++) {
            longest = Math.max(longest, ends[index] - starts[index]);
        }
        return longest;
    }

    long metadataByteSize() {
        return 32 + 2 * (16 + 2L * LARGEST_COUNT);
    }
}
