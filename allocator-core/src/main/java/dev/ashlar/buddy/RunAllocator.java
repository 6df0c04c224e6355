package dev.ashlar.buddy;

import dev.ashlar.region.RegionSource;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Hands out runs of pages over all regions of a span, commits regions when none has room, and gives empty ones back.
 *
 * <p>Retention: an emptied region is kept while no more than {@link #retainedRegionCount} regions are empty, so that a
 * caller who frees and allocates at a region's edge does not pay a commit (milliseconds) each time; what is beyond that
 * is released at once. {@link #precommit} raises the number, {@link #trim} releases all and sets it back.
 *
 * <p>Invariants: see {@link #checkInvariants()}. Not thread-safe.
 */
public final class RunAllocator {
    /** Pages of 4 KiB in a region. */
    public static final int PAGES_PER_REGION = Buddy.PAGE_COUNT;

    /** The largest order of the buddy allocator: a whole region. */
    public static final int MAX_ORDER = Buddy.MAX_ORDER;

    private static final int LOG2_PAGES_PER_REGION = Buddy.MAX_ORDER;
    private static final int DEFAULT_RETAINED_REGION_COUNT = 1;

    private final RegionSource source;
    private final @Nullable Buddy[] buddies;
    private final RegionBins bins;
    private int committedRegionCount;
    private int emptyRegionCount;
    private int retainedRegionCount = DEFAULT_RETAINED_REGION_COUNT;
    private long freePageCount;
    private long releaseFailureCount;

    /** An allocator over all regions of {@code source}, none of which may be committed yet. */
    public RunAllocator(RegionSource source) {
        this.source = source;
        this.buddies = new Buddy[source.regionCount()];
        this.bins = new RegionBins(source.regionCount());
    }

    /**
     * Takes a run.
     *
     * @param pageCount pages, at least 1
     * @param log2PageAlignment the run starts at a multiple of {@code 2^log2PageAlignment} pages; 0 to 9
     * @return the first page, counted through the span, or -1 where neither committed regions nor the source have
     *     room; then nothing has changed
     */
    public int allocate(int pageCount, int log2PageAlignment) {
        assert pageCount >= 1 : "pageCount=" + pageCount;
        assert log2PageAlignment >= 0 && log2PageAlignment <= MAX_ORDER : "log2PageAlignment=" + log2PageAlignment;
        if (pageCount > PAGES_PER_REGION) {
            return allocateAcrossRegions(pageCount);
        }
        int order = Math.max(Buddy.orderOf(pageCount), log2PageAlignment);
        int region = bins.choose(order, committedBuddies());
        if (region < 0) {
            region = findRegions(1);
            if (region < 0 || !commitHoles(region, 1)) {
                return -1;
            }
        }
        return takeFrom(region, pageCount, log2PageAlignment);
    }

    private int takeFrom(int region, int pageCount, int log2PageAlignment) {
        Buddy buddy = buddyOf(region);
        if (buddy.isEmpty()) {
            emptyRegionCount--;
        }
        int page = buddy.allocate(pageCount, log2PageAlignment);
        assert page >= 0 : "region " + region + " was chosen and has no room for " + pageCount + " pages";
        freePageCount -= pageCount;
        bins.update(region, buddy.largestFreeOrder());
        return (region << LOG2_PAGES_PER_REGION) + page;
    }

    private int allocateAcrossRegions(int pageCount) {
        int regionCount = (pageCount + PAGES_PER_REGION - 1) >>> LOG2_PAGES_PER_REGION;
        int firstRegion = findRegions(regionCount);
        if (firstRegion < 0 || !commitAllOrNone(firstRegion, regionCount)) {
            return -1;
        }
        int left = pageCount;
        for (int region = firstRegion; left > 0; region++) {
            int page = takeFrom(region, Math.min(left, PAGES_PER_REGION), 0);
            assert page == region << LOG2_PAGES_PER_REGION : "page=" + page + " region=" + region;
            left -= PAGES_PER_REGION;
        }
        return firstRegion << LOG2_PAGES_PER_REGION;
    }

    /** Gives pages back: a run, or the tail of one. */
    public void free(int firstPage, int pageCount) {
        int page = firstPage;
        int end = firstPage + pageCount;
        while (page < end) {
            int region = page >>> LOG2_PAGES_PER_REGION;
            int regionEnd = Math.min(end, (region + 1) << LOG2_PAGES_PER_REGION);
            Buddy buddy = buddyOf(region);
            buddy.free(page & (PAGES_PER_REGION - 1), regionEnd - page);
            freePageCount += regionEnd - page;
            bins.update(region, buddy.largestFreeOrder());
            if (buddy.isEmpty()) {
                emptyRegionCount++;
                if (emptyRegionCount > retainedRegionCount) {
                    release(region);
                }
            }
            page = regionEnd;
        }
    }

    /**
     * Commits until at least {@code regionCount} committed regions are empty and stand side by side, and keeps as many
     * from then on.
     *
     * @return whether that many are there now; where not, those that could be committed stay
     */
    public boolean precommit(int regionCount) {
        retainedRegionCount = Math.max(retainedRegionCount, regionCount);
        int firstRegion = findRegions(regionCount);
        return firstRegion >= 0 && commitHoles(firstRegion, regionCount);
    }

    /**
     * Releases every empty region and returns to the default retention.
     *
     * @return the number of regions released
     */
    public int trim() {
        retainedRegionCount = DEFAULT_RETAINED_REGION_COUNT;
        int before = committedRegionCount;
        for (int region = 0; region < buddies.length; region++) {
            Buddy buddy = buddies[region];
            if (buddy != null && buddy.isEmpty()) {
                release(region);
            }
        }
        return before - committedRegionCount;
    }

    /**
     * Finds {@code regionCount} regions side by side that are empty or not committed, preferring those that need the
     * fewest commits, then the lowest address.
     *
     * @return the first region, or -1 where the span has no such place
     */
    private int findRegions(int regionCount) {
        int best = -1;
        int bestMissing = Integer.MAX_VALUE;
        int length = 0;
        int missing = 0;
        for (int region = 0; region < buddies.length; region++) {
            Buddy buddy = buddies[region];
            if (buddy != null && !buddy.isEmpty()) {
                length = 0;
                missing = 0;
                continue;
            }
            length++;
            missing += buddy == null ? 1 : 0;
            if (length > regionCount) {
                missing -= buddies[region - regionCount] == null ? 1 : 0;
                length--;
            }
            if (length == regionCount && missing < bestMissing) {
                best = region - regionCount + 1;
                bestMissing = missing;
            }
        }
        return best;
    }

    /** Commits what is missing among regions side by side, up to the first refusal. */
    private boolean commitHoles(int firstRegion, int regionCount) {
        for (int region = firstRegion; region < firstRegion + regionCount; region++) {
            if (buddies[region] == null && !commit(region)) {
                return false;
            }
        }
        return true;
    }

    /** Like {@link #commitHoles}, but after a refusal everything is as it was, the regions that were empty included. */
    private boolean commitAllOrNone(int firstRegion, int regionCount) {
        BitSet holes = new BitSet(firstRegion + regionCount);
        for (int region = firstRegion; region < firstRegion + regionCount; region++) {
            holes.set(region, buddies[region] == null);
        }
        if (commitHoles(firstRegion, regionCount)) {
            return true;
        }
        holes.stream().filter(this::isCommitted).forEach(this::release);
        return false;
    }

    private boolean commit(int region) {
        // Metadata first: were the Java heap to run out here, no memory of the system would be lost.
        Buddy buddy = new Buddy();
        if (!source.commit(region)) {
            return false;
        }
        buddies[region] = buddy;
        committedRegionCount++;
        emptyRegionCount++;
        freePageCount += PAGES_PER_REGION;
        bins.update(region, Buddy.MAX_ORDER);
        return true;
    }

    /** A region that the kernel does not take back stays committed and empty: a free never fails. */
    private void release(int region) {
        if (!source.release(region)) {
            releaseFailureCount++;
            return;
        }
        buddies[region] = null;
        bins.update(region, -1);
        committedRegionCount--;
        emptyRegionCount--;
        freePageCount -= PAGES_PER_REGION;
    }

    private Buddy buddyOf(int region) {
        Buddy buddy = buddies[region];
        if (buddy == null) {
            throw new IllegalStateException("region " + region + " is not committed");
        }
        return buddy;
    }

    /** The bins name committed regions only, so what they look up here is never null. */
    @SuppressWarnings("NullAway")
    private Buddy[] committedBuddies() {
        return buddies;
    }

    /** {@return whether the span has so many regions side by side that are empty or not committed} */
    public boolean hasPlaceFor(int regionCount) {
        return findRegions(regionCount) >= 0;
    }

    /** {@return whether the region with this index has memory} */
    public boolean isCommitted(int region) {
        return buddies[region] != null;
    }

    /** {@return committed regions} */
    public int committedRegionCount() {
        return committedRegionCount;
    }

    /** {@return committed regions without a single page in use} */
    public int emptyRegionCount() {
        return emptyRegionCount;
    }

    /** {@return pages of committed regions that no run holds} */
    public long freePageCount() {
        return freePageCount;
    }

    /** {@return regions that the source did not take back} */
    public long releaseFailureCount() {
        return releaseFailureCount;
    }

    /** {@return free blocks of an order over all committed regions} */
    public long freeCount(int order) {
        long count = 0;
        for (Buddy buddy : buddies) {
            count += buddy == null ? 0 : buddy.freeCount(order);
        }
        return count;
    }

    /** {@return pages of the longest run that could be had without committing another region} */
    public int largestFreePageCount() {
        int largest = 0;
        int contiguousEmpty = 0;
        for (Buddy buddy : buddies) {
            if (buddy == null) {
                contiguousEmpty = 0;
                continue;
            }
            contiguousEmpty = buddy.isEmpty() ? contiguousEmpty + PAGES_PER_REGION : 0;
            int own = buddy.largestFreeOrder() < 0 ? 0 : 1 << buddy.largestFreeOrder();
            largest = Math.max(largest, Math.max(own, contiguousEmpty));
        }
        return largest;
    }

    /** {@return bytes of bookkeeping in the Java heap} */
    public long metadataByteSize() {
        return 64 + 16 + 4L * buddies.length + bins.metadataByteSize()
                + (long) committedRegionCount * Buddy.METADATA_BYTE_SIZE;
    }

    /** Throws where the buddies, the bins and the counts disagree. */
    public void checkInvariants() {
        long free = 0;
        int committed = 0;
        int empty = 0;
        for (int region = 0; region < buddies.length; region++) {
            Buddy buddy = buddies[region];
            int expectedBin = -1;
            if (buddy != null) {
                buddy.checkInvariants();
                committed++;
                empty += buddy.isEmpty() ? 1 : 0;
                free += buddy.freePageCount();
                expectedBin = buddy.largestFreeOrder();
            }
            if (bins.binOf(region) != expectedBin) {
                throw new IllegalStateException("region " + region + " is in bin " + bins.binOf(region));
            }
        }
        int[] counted = {committed, empty, (int) free};
        int[] kept = {committedRegionCount, emptyRegionCount, (int) freePageCount};
        if (!Arrays.equals(counted, kept)) {
            throw new IllegalStateException(
                    "counted " + Arrays.toString(counted) + " kept " + Arrays.toString(kept));
        }
    }
}
