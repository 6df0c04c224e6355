package dev.ashlar.bench.designs;

/** One region's units, a bit each: set where a block is. Stretches are found by going over the words. */
final class RegionBitmap {

    private final int unitCount;
    private final long[] words;
    private int usedCount;

    RegionBitmap(int unitCount) {
        assert unitCount % Long.SIZE == 0 : "unitCount=" + unitCount;
        this.unitCount = unitCount;
        this.words = new long[unitCount / Long.SIZE];
    }

    int freeCount() {
        return unitCount - usedCount;
    }

    boolean isEmpty() {
        return usedCount == 0;
    }

    /** {@return the first of the lowest units side by side that are free, or -1} */
    int firstFit(int count) {
        int first = nextFree(0);
        while (first + count <= unitCount) {
            int end = nextUsed(first, first + count);
            if (end - first >= count) {
                return first;
            }
            first = nextFree(end);
        }
        return -1;
    }

    /** {@return the first free unit from here on, or the number of units} */
    int nextFree(int from) {
        return next(from, -1L, unitCount);
    }

    /** {@return the first used unit from here on, or an end at or behind {@code enough} once it is reached} */
    int nextUsed(int from, int enough) {
        return next(from, 0, enough);
    }

    private int next(int from, long flip, int enough) {
        if (from >= unitCount) {
            return unitCount;
        }
        int word = from >> 6;
        long bits = (words[word] ^ flip) & (-1L << from);
        while (bits == 0) {
            if (++word == words.length || word << 6 >= enough) {
                return Math.min(word << 6, unitCount);
            }
            bits = words[word] ^ flip;
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    void take(int first, int count) {
        usedCount += count;
        flip(first, count);
    }

    void free(int first, int count) {
        usedCount -= count;
        flip(first, count);
    }

    private void flip(int first, int count) {
        int end = first + count;
        for (int unit = first; unit < end;) {
            int wordEnd = Math.min(end, (unit | 63) + 1);
            words[unit >> 6] ^= (-1L << unit) & (-1L >>> -wordEnd);
            unit = wordEnd;
        }
    }

    /** {@return groups of so many units, aligned, of which any is used} */
    int usedGroupCount(int unitsPerGroup) {
        int groups = 0;
        for (int group = 0; group < unitCount; group += unitsPerGroup) {
            groups += nextUsed(group, group + unitsPerGroup) < group + unitsPerGroup ? 1 : 0;
        }
        return groups;
    }

    /** {@return bytes of the bits and the count} */
    long metadataByteSize() {
        return (long) words.length * Long.BYTES + Integer.BYTES;
    }
}
