package dev.ashlar.buddy;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The regions in use that hold runs of cold code and nothing else. A region becomes one when such a run is the first in
 * it, and ceases to be one when it is empty. They are in no other index, so that nothing hot goes there while it has
 * another place. Not thread-safe.
 */
final class ColdRegions {
    private final BitSet regions = new BitSet();
    /** Null until the first cold run. */
    private @Nullable RegionBins bins;

    boolean contains(int region) {
        return regions.get(region);
    }

    /** Makes a region one of these; it is empty and noted nowhere else. */
    void add(int region) {
        if (bins == null) {
            bins = new RegionBins();
        }
        bins.reserve(region + 1);
        regions.set(region);
    }

    /** Leaves a region that has become empty to any use. */
    void remove(int region) {
        note(region, 0, 0);
        regions.clear(region);
    }

    /** Puts a region where its free pages now say. */
    void note(int region, Buddy buddy) {
        note(region, buddy.longestFreeStretch(), buddy.freePageCount());
    }

    private void note(int region, int longestFreeStretch, int freePageCount) {
        if (bins != null) {
            bins.update(region, longestFreeStretch, freePageCount);
        }
    }

    /** {@return the region that a run goes to, or -1 where none has a stretch so long} */
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
