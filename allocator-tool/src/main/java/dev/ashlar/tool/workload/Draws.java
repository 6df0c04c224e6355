package dev.ashlar.tool.workload;

import java.util.SplittableRandom;

/**
 * What a benchmark does next, drawn in advance, so that the drawing is not measured: sizes and victims, read one after
 * the other and from the start again. The same seed gives the same draws, whichever memory is measured.
 */
public final class Draws {

    /** At 10,000 live blocks and fewer every one is drawn several times before the draws repeat. */
    private static final int COUNT_MIN = 1 << 16;

    private final int[] byteSizes;
    private final int[] victims;
    private int cursor;

    /**
     * Draws.
     *
     * @param mix the sizes
     * @param victimCount victims are 0 to this, exclusive; 0 for no victims
     * @param seed of the random numbers
     */
    public Draws(SizeMix mix, int victimCount, long seed) {
        int count = Math.max(COUNT_MIN, 2 * Integer.highestOneBit(Math.max(1, victimCount)));
        SplittableRandom random = new SplittableRandom(seed);
        byteSizes = new int[count];
        victims = new int[count];
        for (int draw = 0; draw < count; draw++) {
            byteSizes[draw] = mix.next(random);
            victims[draw] = victimCount == 0 ? 0 : random.nextInt(victimCount);
        }
    }

    /** {@return how many draws there are before they repeat; a power of two} */
    public int count() {
        return byteSizes.length;
    }

    /** Goes on to the next draw. */
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
