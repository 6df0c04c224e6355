package dev.ashlar.tool.workload;

import java.util.SplittableRandom;

/**
 * Sizes and victims, drawn in advance so that a measurement does not include the drawing. They are read in order, and
 * from the start again after the last. One seed gives the same draws for every memory.
 */
public final class Draws {

    /** With at most 10,000 live blocks, each is drawn several times before the draws repeat. */
    private static final int COUNT_MIN = 1 << 16;

    private final int[] byteSizes;
    private final int[] victims;
    private int cursor;

    /**
     * Draws enough for a benchmark that repeats itself.
     *
     * @param mix the sizes
     * @param victimCount victims lie between 0 and this, exclusive; 0 for no victims
     * @param seed of the random numbers
     */
    public Draws(SizeMix mix, int victimCount, long seed) {
        this(mix, victimCount, seed, victimCount);
    }

    /**
     * Draws at least {@code countMin} sizes and victims before they repeat.
     *
     * @param countMin rounded up to a power of two
     */
    public Draws(SizeMix mix, int victimCount, long seed, int countMin) {
        int count = Math.max(COUNT_MIN, 2 * Integer.highestOneBit(Math.max(1, countMin)));
        SplittableRandom random = new SplittableRandom(seed);
        byteSizes = new int[count];
        victims = new int[count];
        for (int draw = 0; draw < count; draw++) {
            byteSizes[draw] = mix.next(random);
            victims[draw] = victimCount == 0 ? 0 : random.nextInt(victimCount);
        }
    }

    /** {@return the number of draws before they repeat, a power of two} */
    public int count() {
        return byteSizes.length;
    }

    /** Goes to the next draw. */
    public void advance() {
        cursor = cursor + 1 & byteSizes.length - 1;
    }

    /** {@return the size of this draw, in bytes} */
    public int byteSize() {
        return byteSizes[cursor];
    }

    /** {@return the victim of this draw} */
    public int victim() {
        return victims[cursor];
    }
}
