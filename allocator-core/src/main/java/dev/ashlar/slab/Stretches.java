package dev.ashlar.slab;

/**
 * One pass over the free stretches of a packed run: the longest, and the shortest that suffices. Scratch of one owner,
 * so that a pass allocates nothing.
 */
final class Stretches {
    /** The shortest stretch that suffices; -1 where none does. */
    int bestStart;

    int bestLength;

    /** The longest stretch. */
    int longest;

    int longestStart;

    /** The longest but for the best one. */
    int longestOther;

    private int needed;

    /**
     * Looks through the granules that neither half of a word marks.
     *
     * @param granules 32 granules a word, an even number of words; a granule is free whose bits in both halves are 0
     */
    void scan(long[] granules, int neededLength) {
        needed = neededLength;
        bestStart = -1;
        bestLength = Integer.MAX_VALUE;
        longest = 0;
        longestStart = 0;
        longestOther = 0;
        // Free granules that end at the current word's first bit.
        int carried = 0;
        for (int word = 0; word < granules.length >> 1; word++) {
            long free = ~occupied(granules[2 * word], granules[2 * word + 1]);
            if (free == -1L) {
                carried += Long.SIZE;
                continue;
            }
            int base = word << 6;
            int position = Long.numberOfTrailingZeros(~free);
            if (carried + position > 0) {
                found(base - carried, carried + position);
            }
            carried = 0;
            free = free >>> position;
            while (free != 0) {
                int gap = Long.numberOfTrailingZeros(free);
                position += gap;
                free >>>= gap;
                int length = Long.numberOfTrailingZeros(~free);
                if (position + length == Long.SIZE) {
                    carried = length;
                    break;
                }
                found(base + position, length);
                position += length;
                free >>>= length;
            }
        }
        if (carried > 0) {
            found((granules.length << 5) - carried, carried);
        }
    }

    /** {@return the granules of two words that are marked in either half} */
    private static long occupied(long lower, long upper) {
        long low = (lower | lower >>> Integer.SIZE) & 0xffff_ffffL;
        return low | ((upper | upper << Integer.SIZE) & ~0xffff_ffffL);
    }

    private void found(int from, int length) {
        int loser = length;
        if (length >= needed && length < bestLength) {
            loser = bestStart < 0 ? 0 : bestLength;
            bestStart = from;
            bestLength = length;
        }
        longestOther = Math.max(longestOther, loser);
        if (length > longest) {
            longest = length;
            longestStart = from;
        }
    }
}
