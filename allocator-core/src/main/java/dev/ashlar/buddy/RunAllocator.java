package dev.ashlar.buddy;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import dev.ashlar.region.RegionSource;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Hands out runs of pages over all regions of a span, commits regions when none has room, and gives empty ones back.
 *
 * <p>Where a run goes: to a stretch of free pages inside a region in use, chosen by {@link RegionBins}; a run of more
 * than {@link #LARGEST_INSIDE} pages else over the boundary of two regions ({@link Boundaries}), so that the ends of
 * regions are not lost to it; else to an empty region; else the lowest hole of the span is committed and the search
 * repeated. A run of a length that fills regions without crossing prefers an empty region to a boundary. Runs longer
 * than a region go where the fewest regions must be committed.
 *
 * <p>Runs of cold code go to {@link ColdRegions}, begun at the high end of the span; where there is no room apart they
 * go where hot ones do, and the other way round.
 *
 * <p>Retention: an emptied region is kept while no more than {@link #retainedRegionCount} regions are empty, so that a
 * caller who frees and allocates at a region's edge does not pay a commit each time; what is beyond that is released at
 * once. {@link #precommit} raises the number, {@link #trim} releases all and sets it back.
 *
 * <p>Taking a run from regions in use and freeing it take constant time, whatever the number of regions. Linear in it
 * are a run longer than a region, {@link #precommit} and the figures, and by one bit a region the step into a region
 * that is empty or a hole.
 *
 * <p>Invariants: see {@link #checkInvariants()}. Not thread-safe.
 */
public final class RunAllocator {
    /** The largest order of the buddy allocator: a whole region. */
    public static final int MAX_ORDER = Buddy.MAX_ORDER;

    /**
     * The longest run, in pages, that never crosses a boundary. A run that does keeps two regions committed; one that
     * does not may leave as many pages as it has, less one, at the end of its region: here at most a sixteenth.
     */
    static final int LARGEST_INSIDE = Pages.PER_REGION / 16;

    private static final int DEFAULT_RETAINED_REGION_COUNT = 1;

    private final RegionSource source;
    final @Nullable Buddy[] buddies;
    final BitSet holes;
    final BitSet emptyRegions;
    final RegionBins bins = new RegionBins();
    final Boundaries boundaries = new Boundaries();
    final ColdRegions cold = new ColdRegions();
    private final RunSearch search;
    /** Null where freed pages can be handed out at once. */
    private final @Nullable Withheld withheld;

    int committedRegionCount;
    int emptyRegionCount;
    private int retainedRegionCount = DEFAULT_RETAINED_REGION_COUNT;
    long freePageCount;
    private long releaseFailureCount;

    /** An allocator over all regions of {@code source}, none of which may be committed yet. */
    public RunAllocator(RegionSource source) {
        this.source = source;
        this.search = new RunSearch(this, source.publishesInPlace());
        this.withheld = source.publishesInPlace() ? new Withheld() : null;
        int regionCount = source.regionCount();
        this.buddies = new Buddy[regionCount];
        this.holes = new BitSet(regionCount);
        this.emptyRegions = new BitSet(regionCount);
        holes.set(0, regionCount);
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
        int page = pageCount > Pages.PER_REGION
                ? commitLong(pageCount, log2PageAlignment)
                : findOrCommit(pageCount, log2PageAlignment);
        if (page >= 0) {
            take(page, pageCount);
        }
        return page;
    }

    /**
     * Takes a run as {@link #allocate(int, int)}, apart from those of another temperature where there is room.
     *
     * @return the first page, or -1
     */
    public int allocate(int pageCount, int log2PageAlignment, Temperature temperature) {
        int page = temperature == Temperature.HOT || pageCount > Pages.PER_REGION
                ? -1
                : findCold(pageCount, log2PageAlignment);
        if (page < 0) {
            return allocate(pageCount, log2PageAlignment);
        }
        take(page, pageCount);
        return page;
    }

    /** {@return a page in a region for cold runs alone, begun for it if need be, or -1 where there is none} */
    private int findCold(int pageCount, int log2PageAlignment) {
        int page = search.findAmongCold(pageCount, log2PageAlignment);
        if (page >= 0) {
            return page;
        }
        int region = emptyRegions.length() - 1;
        if (region < 0) {
            region = holes.length() - 1;
            if (region < 0 || !commit(region)) {
                return -1;
            }
        }
        cold.add(region);
        return Pages.firstOf(region);
    }

    private int findOrCommit(int pageCount, int log2PageAlignment) {
        int page = search.find(pageCount, log2PageAlignment);
        if (page >= 0) {
            return page;
        }
        int hole = holes.nextSetBit(0);
        if (hole >= 0 && commit(hole)) {
            return search.find(pageCount, log2PageAlignment);
        }
        return search.findAmongCold(pageCount, log2PageAlignment);
    }

    private int commitLong(int pageCount, int log2PageAlignment) {
        int page = boundaries.findLong(pageCount, log2PageAlignment, holes, buddies.length);
        return page >= 0 && commitAllOrNone(page, pageCount) ? page : -1;
    }

    private void take(int firstPage, int pageCount) {
        int end = firstPage + pageCount;
        for (int page = firstPage; page < end; page = Pages.endOfPart(page, end)) {
            int region = Pages.regionOf(page);
            int partCount = Pages.endOfPart(page, end) - page;
            Buddy buddy = buddyOf(region);
            if (buddy.isEmpty()) {
                emptyRegions.clear(region);
                emptyRegionCount--;
            }
            buddy.take(Pages.inRegion(page), partCount);
            note(region, buddy);
        }
        freePageCount -= pageCount;
    }

    /** Gives pages back: a run, or the tail of one. */
    public void free(int firstPage, int pageCount) {
        int end = firstPage + pageCount;
        for (int page = firstPage; page < end; page = Pages.endOfPart(page, end)) {
            int region = Pages.regionOf(page);
            int partCount = Pages.endOfPart(page, end) - page;
            Buddy buddy = buddyOf(region);
            freePageCount += free(region, buddy, page, partCount);
            if (buddy.isEmpty() && cold.contains(region)) {
                cold.remove(region);
            }
            note(region, buddy);
            if (buddy.isEmpty() && !emptyRegions.get(region)) {
                emptyRegions.set(region);
                emptyRegionCount++;
                source.emptied(region);
                if (emptyRegionCount > retainedRegionCount) {
                    release(region);
                }
            }
        }
    }

    /**
     * Frees pages of one region, or keeps them back.
     *
     * @return how many more are free
     */
    private int free(int region, Buddy buddy, int firstPage, int pageCount) {
        int inRegion = Pages.inRegion(firstPage);
        if (withheld == null) {
            buddy.free(inRegion, pageCount);
            return pageCount;
        }
        boolean atOnce = source.isOpen(firstPage, pageCount);
        if (atOnce) {
            buddy.free(inRegion, pageCount);
        } else {
            withheld.add(region, inRegion, pageCount);
        }
        return (atOnce ? pageCount : 0) + withheld.giveBackIfAllFree(region, buddy);
    }

    /**
     * Takes the free pages that follow a run just taken, up to the end of its region.
     *
     * @param page the page behind the run
     * @return how many there were
     */
    public int extend(int page) {
        int inRegion = Pages.inRegion(page);
        int pageCount = inRegion == 0 ? 0 : buddyOf(Pages.regionOf(page)).freeFrom(inRegion);
        if (pageCount > 0) {
            take(page, pageCount);
        }
        return pageCount;
    }

    /**
     * Takes the free pages of a region if they are one stretch.
     *
     * @return the first and, in the upper half, how many; 0 where there are none, or they are not one stretch
     */
    public long takeStretch(int region) {
        Buddy buddy = buddies[region];
        if (buddy == null || buddy.isEmpty() || buddy.longestFreeStretch() != buddy.freePageCount()) {
            return 0;
        }
        int pageCount = buddy.freePageCount();
        if (pageCount == 0) {
            return 0;
        }
        int page = Pages.firstOf(region) + buddy.findLowest(pageCount, 0);
        take(page, pageCount);
        return ((long) pageCount << Integer.SIZE) | page;
    }

    /** Puts a committed region where its free pages now say. */
    private void note(int region, Buddy buddy) {
        if (cold.contains(region)) {
            cold.note(region, buddy);
            boundaries.update(region, 0, 0);
            return;
        }
        bins.update(region, buddy.longestFreeStretch(), buddy.freePageCount());
        boundaries.update(region, buddy.leadingFree(), buddy.trailingFree());
    }

    /**
     * Commits until at least {@code regionCount} committed regions are empty and stand side by side, and keeps as many
     * from then on.
     *
     * @return whether that many are there now; where not, those that could be committed stay until {@link #trim}, and
     *     as many as before are kept
     */
    public boolean precommit(int regionCount) {
        int pageCount = Pages.firstOf(regionCount);
        int page = boundaries.findLong(pageCount, MAX_ORDER, holes, buddies.length);
        if (page < 0 || !commitHoles(page, pageCount)) {
            return false;
        }
        retainedRegionCount = Math.max(retainedRegionCount, regionCount);
        return true;
    }

    /**
     * Releases every empty region and returns to the default retention.
     *
     * @return the number of regions released
     */
    public int trim() {
        retainedRegionCount = DEFAULT_RETAINED_REGION_COUNT;
        int before = committedRegionCount;
        for (int region = emptyRegions.nextSetBit(0); region >= 0; region = emptyRegions.nextSetBit(region + 1)) {
            release(region);
        }
        return before - committedRegionCount;
    }

    /** Commits what is missing behind a row of pages, up to the first refusal. */
    private boolean commitHoles(int firstPage, int pageCount) {
        int lastRegion = Pages.regionOf(firstPage + pageCount - 1);
        int hole = holes.nextSetBit(Pages.regionOf(firstPage));
        while (hole >= 0 && hole <= lastRegion) {
            if (!commit(hole)) {
                return false;
            }
            hole = holes.nextSetBit(hole);
        }
        return true;
    }

    /** As {@link #commitHoles}; after a refusal all is as it was, but for what the source never takes back. */
    private boolean commitAllOrNone(int firstPage, int pageCount) {
        BitSet before = (BitSet) holes.clone();
        if (commitHoles(firstPage, pageCount)) {
            return true;
        }
        before.andNot(holes);
        before.stream().forEach(this::release);
        return false;
    }

    private boolean commit(int region) {
        // Metadata first: were the Java heap to run out here, no memory of the system would be lost.
        Buddy buddy = new Buddy();
        if (withheld != null) {
            withheld.reserve(region);
        }
        bins.reserve(region + 1);
        boundaries.reserve(region + 1);
        if (!source.commit(region)) {
            return false;
        }
        buddies[region] = buddy;
        holes.clear(region);
        emptyRegions.set(region);
        committedRegionCount++;
        emptyRegionCount++;
        freePageCount += Pages.PER_REGION;
        note(region, buddy);
        return true;
    }

    /** A region that the source does not take back stays committed and empty: a free never fails. */
    private void release(int region) {
        if (!source.releases() || !source.release(region)) {
            releaseFailureCount += source.releases() ? 1 : 0;
            return;
        }
        buddies[region] = null;
        holes.set(region);
        emptyRegions.clear(region);
        boundaries.update(region, 0, 0);
        committedRegionCount--;
        emptyRegionCount--;
        freePageCount -= Pages.PER_REGION;
    }

    Buddy buddyOf(int region) {
        Buddy buddy = buddies[region];
        if (buddy == null) {
            throw new IllegalStateException("region " + region + " is not committed");
        }
        return buddy;
    }

    /** {@return whether a run without alignment has a place in what is committed} */
    public boolean hasPagesFor(int pageCount) {
        return search.find(pageCount, 0) >= 0;
    }

    /** {@return whether a run without alignment has a place in the span, were every commit granted} */
    public boolean hasPlaceFor(int pageCount) {
        return pageCount > Pages.PER_REGION
                ? boundaries.findLong(pageCount, 0, holes, buddies.length) >= 0
                : !holes.isEmpty() || search.find(pageCount, 0) >= 0
                        || cold.choose(pageCount) >= 0;
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

    /** {@return pages that are free and must not be handed out before their region is empty} */
    public long withheldPageCount() {
        return withheld == null ? 0 : withheld.pageCount();
    }

    /** {@return regions that the source did not take back} */
    public long releaseFailureCount() {
        return releaseFailureCount;
    }

    /** {@return bytes of bookkeeping in the Java heap} */
    public long metadataByteSize() {
        return 80 + 16 + 4L * buddies.length + 2 * (40 + holes.size() / 8L) + bins.metadataByteSize()
                + boundaries.metadataByteSize() + cold.metadataByteSize()
                + (withheld == null ? 0 : withheld.metadataByteSize())
                + (long) committedRegionCount * Buddy.METADATA_BYTE_SIZE;
    }

    /** {@return what the committed regions have free, counted one by one} */
    public RunFigures figures() {
        return new RunFigures(buddies);
    }

    /** Throws where the buddies, the bins, the boundaries, the holes and the counts disagree. */
    public void checkInvariants() {
        new RunCheck(this).run();
    }
}
