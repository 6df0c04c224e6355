package dev.ashlar.buddy;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Pages that were freed but must not be handed out before their whole region is free: they were published in place, and
 * writing there again would take a permission change next to live blocks.
 */
final class Withheld {
    private static final int METADATA_BYTE_SIZE = 16 + 24 + 16 + Buddy.PAGE_COUNT / Byte.SIZE;

    private @Nullable BitSet[] pages = new BitSet[0];
    private long pageCount;
    private int regionCount;

    /** Makes room for the pages of a region at its commit, so that a free never has to. */
    void reserve(int region) {
        if (region >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(region + 1, 2 * pages.length));
        }
        if (pages[region] == null) {
            pages[region] = new BitSet(Buddy.PAGE_COUNT);
            regionCount++;
        }
    }

    /** Withholds freed pages. */
    void add(int region, int firstPage, int count) {
        of(region).set(firstPage, firstPage + count);
        pageCount += count;
    }

    /**
     * Frees the withheld pages of a region if that makes all of it free.
     *
     * @return how many pages were freed
     */
    int giveBackIfAllFree(int region, Buddy buddy) {
        BitSet kept = of(region);
        int count = kept.cardinality();
        if (count == 0 || count + buddy.freePageCount() < Buddy.PAGE_COUNT) {
            return 0;
        }
        for (int page = kept.nextSetBit(0); page >= 0;) {
            int end = kept.nextClearBit(page);
            buddy.free(page, end - page);
            page = kept.nextSetBit(end);
        }
        kept.clear();
        pageCount -= count;
        return count;
    }

    /** {@return pages withheld} */
    long pageCount() {
        return pageCount;
    }

    private BitSet of(int region) {
        BitSet kept = pages[region];
        if (kept == null) {
            throw new IllegalStateException("region " + region + " is not committed");
        }
        return kept;
    }

    long metadataByteSize() {
        return 16 + 4L * pages.length + (long) regionCount * METADATA_BYTE_SIZE;
    }
}
