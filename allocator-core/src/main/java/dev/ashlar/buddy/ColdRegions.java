package dev.ashlar.buddy;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The regions in use that hold only runs of cold code. A region becomes cold when such a run is the first in it, and
 * stops being cold when it is empty. No other index holds cold regions, so that a hot run goes there only if it has no
 * other place. Not thread-safe.
 */
final class ColdRegions {
    private final BitSet regions = new BitSet();
    /** Null until the first cold run. */
    private @Nullable RegionBins bins;

    boolean contains(int region) {
        return regions.get(region);
    }

    /** Makes a region cold. Pre: it is empty and in no other index. */
    void add(int region) {
        if (bins == null) {
            bins = new RegionBins();
        }
        bins.reserve(region + 1);
        regions.set(region);
    }

    /** Makes a region that has become empty available for any use. */
    void remove(int region) {
        note(region, 0, 0);
        regions.clear(region);
    }

    /** Moves a region to the bin of its free pages. */
    void note(int region, Buddy buddy) {
        note(region, buddy.longestFreeStretch(), buddy.freePageCount());
    }

    private void note(int region, int longestFreeStretch, int freePageCount) {
        if (bins != null) {
            bins.update(region, longestFreeStretch, freePageCount);
        }
    }

    /** {@return the region for a run, or -1 if none has a stretch that long} */
    int choose(int pageCount) {
        return bins == null ? -1 : bins.choose(pageCount);
    }

    boolean isInPlace(int region, int longestFreeStretch, int freePageCount) {
        return bins == null ? freePageCount == 0 : bins.isInPlace(region, longestFreeStretch, freePageCount);
    }

    long metadataByteSize() {
        return 24 + 40 + regions.size() / 8L + (bins == null ? 0 : bins.metadataByteSize());
    }
}
