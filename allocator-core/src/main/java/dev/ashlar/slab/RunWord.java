package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.util.stream.IntStream;

/**
 * The word of each page that says which cut run covers it, and, in the first page of the run, how much of it is free.
 *
 * <table>
 * <caption>Bits</caption>
 * <tr><th>bits</th><th>content</th></tr>
 * <tr><td>0-3</td><td>pages back to the first page of the run</td></tr>
 * <tr><td>4-8</td><td>how the run is cut: 0 if no cut run covers the page, the size class plus one for a slab, {@link
 * #PACKED} for a packed run</td></tr>
 * <tr><td>9-13</td><td>pages of the run</td></tr>
 * <tr><td>16-31</td><td>the number of its owner</td></tr>
 * <tr><td>32-47</td><td>first page only: free slots or granules</td></tr>
 * <tr><td>48-63</td><td>first page only: the next slot in rotation, or the longest free stretch in granules</td></tr>
 * </table>
 *
 * <p>The owner writes it; any thread reads it.
 */
final class RunWord {
    /** The word of a page that no cut run covers. */
    static final long NONE = 0;

    /** The cut of a packed run. */
    static final int PACKED = SizeClasses.SLOT_CLASS_COUNT + 1;

    /** Pages of a packed run, and of the longest slab. */
    static final int PAGE_COUNT_MAX = 16;

    /** Bits of the owner's number, for a comparison without a shift. */
    static final long OWNER = 0xffffL << 16;

    /** One free slot or granule. */
    static final long ONE_FREE = 1L << 32;

    private static final int CUT_SHIFT = 4;
    private static final int PAGE_COUNT_SHIFT = 9;
    private static final int OWNER_SHIFT = 16;
    private static final int FREE_SHIFT = 32;
    private static final int LAST_SHIFT = 48;
    private static final int DISTANCE = (1 << CUT_SHIFT) - 1;
    private static final int FIVE_BITS = 31;
    private static final int SIXTEEN_BITS = 0xffff;
    private static final long IDENTITY = 0xffff_ffffL & ~DISTANCE;

    /** Bytes of a slot or a granule, by cut. */
    private static final int[] PLACE_BYTE_SIZES = IntStream.rangeClosed(0, PACKED)
            .map(cut -> cut == PACKED ? SizeClasses.GRANULE_BYTE_SIZE : cut * SizeClasses.QUANTUM)
            .toArray();

    /** {@code ceil(2^32 / size)}: offsets in a run are below 2^16, so a multiplication divides exactly. */
    private static final long[] RECIPROCALS = IntStream.of(PLACE_BYTE_SIZES)
            .mapToLong(size -> size == 0 ? 0 : ((1L << 32) + size - 1) / size)
            .toArray();

    private RunWord() {}

    /** {@return the word of the first page of a run} */
    static long of(int cut, int pageCount, int ownerId, int freeCount, int last) {
        return ((long) last << LAST_SHIFT)
                | ((long) freeCount << FREE_SHIFT)
                | ownerBits(ownerId)
                | (pageCount << PAGE_COUNT_SHIFT)
                | (cut << CUT_SHIFT);
    }

    /** {@return the word of another page of the run whose first page has this one} */
    static long at(long first, int distance) {
        return (first & IDENTITY) | distance;
    }

    static int cut(long run) {
        return (int) (run >>> CUT_SHIFT) & FIVE_BITS;
    }

    static boolean isPacked(long run) {
        return cut(run) == PACKED;
    }

    /** {@return all ones for a slab, 0 for a packed run: for code that must not branch on it} */
    static int slab(long run) {
        return (cut(run) - PACKED) >> 31;
    }

    /** {@return the size class of a slab} */
    static int sizeClass(long run) {
        return cut(run) - 1;
    }

    static int pageCount(long run) {
        return (int) (run >>> PAGE_COUNT_SHIFT) & FIVE_BITS;
    }

    /** {@return the pages from the first page of the run to this one} */
    static int distance(long run) {
        return (int) run & DISTANCE;
    }

    static boolean isFirst(long run) {
        return cut(run) != 0 && distance(run) == 0;
    }

    static int ownerId(long run) {
        return (int) (run >>> OWNER_SHIFT) & SIXTEEN_BITS;
    }

    static long ownerBits(int ownerId) {
        return (long) ownerId << OWNER_SHIFT;
    }

    static int freeCount(long run) {
        return (int) (run >>> FREE_SHIFT) & SIXTEEN_BITS;
    }

    /** {@return the next slot in rotation, or the longest free stretch} */
    static int last(long run) {
        return (int) (run >>> LAST_SHIFT);
    }

    static long withLast(long run, int last) {
        return (run & (-1L >>> (Long.SIZE - LAST_SHIFT))) | ((long) last << LAST_SHIFT);
    }

    static long withFreeCount(long run, int freeCount) {
        return (run & ~(0xffffL << FREE_SHIFT)) | ((long) freeCount << FREE_SHIFT);
    }

    /** {@return bytes of a slot or granule} */
    static int placeByteSize(long run) {
        return PLACE_BYTE_SIZES[cut(run)];
    }

    /** {@return slots or granules of a whole run} */
    static int placeCount(int cut, int pageCount) {
        return (pageCount << Pages.LOG2_BYTE_SIZE) / PLACE_BYTE_SIZES[cut];
    }

    /** {@return the share of the run that is free; pre: this is the word of its first page} */
    static double freeShare(long run) {
        return (double) freeCount(run) / placeCount(cut(run), pageCount(run));
    }

    /** {@return whether all of the run is free; pre: this is the word of its first page} */
    static boolean isVacant(long run) {
        return freeCount(run) == placeCount(cut(run), pageCount(run));
    }

    /** {@return the bytes from the start of the run to an offset in the page with this word} */
    static int inRun(long run, long offset) {
        return (distance(run) << Pages.LOG2_BYTE_SIZE) | ((int) offset & (Pages.BYTE_SIZE - 1));
    }

    /** {@return the bytes from the start of the slot or granule to an offset in the page with this word} */
    static int inPlace(long run, long offset) {
        return inPlace(cut(run), inRun(run, offset));
    }

    /** {@return the bytes from the start of the slot or granule to a place in a run} */
    static int inPlace(int cut, int inRun) {
        return inRun - (int) ((inRun * RECIPROCALS[cut]) >>> Integer.SIZE) * PLACE_BYTE_SIZES[cut];
    }
}
