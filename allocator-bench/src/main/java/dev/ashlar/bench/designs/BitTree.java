package dev.ashlar.bench.designs;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of small numbers whose lowest is found in a few steps: words of bits, and above them words that say which of
 * those have any, up to a single word.
 */
final class BitTree {

    private static final int LOG2_WORD = 6;

    private final long[][] levels;

    BitTree(int bitCount) {
        List<long[]> rising = new ArrayList<>();
        int words = bitCount;
        do {
            words = Math.ceilDiv(words, Long.SIZE);
            rising.add(new long[words]);
        } while (words > 1);
        this.levels = rising.toArray(long[][]::new);
    }

    /** {@return the lowest number in the set, or -1} */
    int first() {
        int word = 0;
        for (int level = levels.length - 1; level >= 0; level--) {
            long bits = levels[level][word];
            if (bits == 0) {
                return -1;
            }
            word = (word << LOG2_WORD) + Long.numberOfTrailingZeros(bits);
        }
        return word;
    }

    boolean get(int number) {
        return (levels[0][number >> LOG2_WORD] >>> number & 1) != 0;
    }

    void set(int number) {
        int bit = number;
        for (long[] level : levels) {
            long before = level[bit >> LOG2_WORD];
            level[bit >> LOG2_WORD] = before | 1L << bit;
            if (before != 0) {
                return;
            }
            bit >>= LOG2_WORD;
        }
    }

    void clear(int number) {
        int bit = number;
        for (long[] level : levels) {
            long after = level[bit >> LOG2_WORD] & ~(1L << bit);
            level[bit >> LOG2_WORD] = after;
            if (after != 0) {
                return;
            }
            bit >>= LOG2_WORD;
        }
    }
}
