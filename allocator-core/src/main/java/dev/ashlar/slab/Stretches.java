package dev.ashlar.slab;

/**
 * The free stretches of one packed run, read in one pass and used up one after the other. An owner reuses this object
 * for every run, so that reading allocates nothing.
 */
final class Stretches {
    /** Blocks of at least two granules lie between them. */
    private static final int LARGEST_COUNT =
            PackedRuns.GRANULE_COUNT / PackedRuns.LEAST_GRANULE_COUNT / 2 + 1;

    private final char[] starts = new char[LARGEST_COUNT];
    private final char[] ends = new char[LARGEST_COUNT];
    private int count;
    /** Whether some stretch is too short for any block. */
    private boolean hasSingles;

    /** Forgets all. */
    void clear() {
        count = 0;
        hasSingles = false;
    }

    /**
     * Reads the free granules of a run.
     *
     * @param words the lines of its region
     * @param first its first position, at the start of a line
     * @param end the position after its last
     */
    void read(long[] words, int first, int end) {
        clear();
        // The start of the stretch that reaches the current line, or -1.
        int begun = -1;
        for (int base = first; base < end; base += BlockBits.POSITIONS_PER_LINE) {
            long free = ~BlockBits.occupied(words, BlockBits.lineOf(base));
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
            add(begun, end);
        }
    }

    /** Adds a stretch. */
    void add(int start, int end) {
        if (end - start < PackedRuns.LEAST_GRANULE_COUNT) {
            hasSingles |= end > start;
            return;
        }
        starts[count] = (char) start;
        ends[count] = (char) end;
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
