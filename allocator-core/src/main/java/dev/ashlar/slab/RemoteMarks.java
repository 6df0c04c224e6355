package dev.ashlar.slab;

/**
 * Records, in words 3 and 4 of a line, which blocks other threads than the owner have freed. Each word holds the marks
 * of 32 positions in its lower half and the <i>life</i> of the run in its upper half.
 *
 * <p>Each run that begins on a page has a greater life than the one before. A thread reads the life first, then checks
 * the block, then sets the mark by a compare-and-set on the whole word. So a mark is set only in the life of the run in
 * which the block was checked; it never reaches a block of a later run, and no mark has to be taken back.
 */
final class RemoteMarks {
    static final long MARKS = 0xffff_ffffL;
    private static final int LIFE_SHIFT = 32;

    private RemoteMarks() {}

    /** {@return the word with the mark of a position} */
    static int wordOf(int position) {
        return BlockBits.lineOf(position) + Lines.MARKS + ((position >>> 5) & 1);
    }

    private static long markBit(int position) {
        return 1L << (position & 31);
    }

    /** {@return the life and the marks of a position and its neighbours; what is read after this call is not older} */
    static long read(long[] words, int position) {
        return (long) Lines.WORD.getAcquire(words, wordOf(position));
    }

    /** {@return the life of a word of marks, without its marks} */
    static long life(long word) {
        return word & ~MARKS;
    }

    /** {@return the word of the next life, without marks} */
    static long next(long word) {
        return ((word >>> LIFE_SHIFT) + 1) << LIFE_SHIFT;
    }

    /**
     * Marks a block as freed.
     *
     * @param found what {@link #read} returned before the block was checked
     * @return whether this call marked it; false if it was marked before, or if the run has ended since
     */
    static boolean set(long[] words, int position, long found) {
        long bit = markBit(position);
        long expected = found;
        while ((expected & bit) == 0 && life(expected) == life(found)) {
            long witness =
                    (long) Lines.WORD.compareAndExchange(words, wordOf(position), expected, expected | bit);
            if (witness == expected) {
                return true;
            }
            expected = witness;
        }
        return false;
    }

    static boolean isSet(long[] words, int position) {
        return (words[wordOf(position)] & markBit(position)) != 0;
    }

    /**
     * Removes marks. A mark is removed only after its block is no longer live: until then it tells another free of the
     * same block that it is too late.
     */
    static void clear(long[] words, int word, long marks) {
        Lines.WORD.getAndBitwiseAnd(words, word, ~marks);
    }

    /** Removes the mark of a position. */
    static void clear(long[] words, int position) {
        clear(words, wordOf(position), markBit(position));
    }

    /**
     * Removes all marks of a word and begins a life.
     *
     * @return how many marks there were
     */
    static int begin(long[] words, int word, long life) {
        return Long.bitCount((long) Lines.WORD.getAndSet(words, word, life) & MARKS);
    }
}
