package dev.ashlar.buddy;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import dev.ashlar.region.RegionSource;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Allocates runs of pages in the regions of a zone, commits regions when none has room, and releases empty ones.
 *
 * <p>A run goes to a stretch inside a region in use, chosen by {@link RegionBins}; if there is none and it has more
 * than {@link Boundaries#LARGEST_INSIDE} pages, across the boundary of two regions, so that the ends of
 * regions are not wasted; then to an empty region; then the lowest hole of the span is committed and the search
 * repeated. A run of a length that fills regions without crossing prefers an empty region to a boundary. Runs longer
 * than a region go where the fewest commits are needed.
 *
 * <p>Runs of cold code go to {@link ColdRegions}, taken from the high end of the span. If there is no separate room,
 * they go where hot ones do, and the other way round.
 *
 * <p>Retention: up to {@link #retainedRegionCount} empty regions stay committed, so that a caller who frees and
 * allocates at a region's edge does not pay a commit each time; more are released at once. {@link #precommit} raises
 * the number, {@link #trim} releases all and resets it.
 *
 * <p>Taking a run from regions in use and freeing it take constant time. A run longer than a region, {@link #precommit}
 * and the figures are linear in the number of regions; the step into an empty region or a hole scans one bit per
 * region.
 *
 * <p>Invariants: see {@code RunCheck}. Not thread-safe.
 */
public final class RunAllocator {
    /** The largest order of the buddy allocator: a whole region. */
    public static final int MAX_ORDER = Buddy.MAX_ORDER;

    private static final int DEFAULT_RETAINED_REGION_COUNT = 1;

    final RegionSource source;
    final @Nullable Buddy[] buddies;
    final BitSet holes;
    final BitSet emptyRegions;
    RegionBins bins = new RegionBins();
    Boundaries boundaries = new Boundaries();
    ColdRegions cold = new ColdRegions();
    private final RunSearch search;
    private final NextRegion next = new NextRegion(this);
    private final AdjacentRegions adjacent = new AdjacentRegions(this);
    /** Null if freed pages can be handed out at once. */
    @Nullable Withheld withheld;

    int committedRegionCount;
    int emptyRegionCount;
    private int retainedRegionCount = DEFAULT_RETAINED_REGION_COUNT;
    long freePageCount;
    private long releaseFailureCount;

    /** Creates an allocator over all regions of {@code source}, none of which may be committed yet. */
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
     * @return the first page, counted through the span, or -1 if neither committed regions nor the source have room;
     *     then nothing has changed
     */
    public int allocate(int pageCount, int log2PageAlignment) {
        assert pageCount >= 1 : "pageCount=" + pageCount;
        assert log2PageAlignment >= 0 && log2PageAlignment <= MAX_ORDER : "log2PageAlignment=" + log2PageAlignment;
        int page = pageCount > Pages.PER_REGION
                ? adjacent.commitFor(pageCount, log2PageAlignment)
                : findOrCommit(pageCount, log2PageAlignment);
        return page >= 0 && restoreAndTake(page, pageCount) ? page : -1;
    }

    private boolean restoreAndTake(int page, int pageCount) {
        if (!source.restore(page, pageCount)) {
            return false;
        }
        take(page, pageCount);
        return true;
    }

    /**
     * Takes a run as {@link #allocate(int, int)}, apart from those of another temperature if there is room.
     *
     * @return the first page, or -1
     */
    public int allocate(int pageCount, int log2PageAlignment, Temperature temperature) {
        int page = temperature == Temperature.HOT || pageCount > Pages.PER_REGION
                ? -1
                : findCold(pageCount, log2PageAlignment);
        return page >= 0 && restoreAndTake(page, pageCount) ? page : allocate(pageCount, log2PageAlignment);
    }

    /** {@return a page in a cold region, making one if needed, or -1 if there is none} */
    private int findCold(int pageCount, int log2PageAlignment) {
        int page = search.findAmongCold(pageCount, log2PageAlignment);
        if (page >= 0) {
            return page;
        }
        if (emptyRegions.isEmpty() && !next.adopt() && (holes.isEmpty() || !commit(holes.length() - 1))) {
            return -1;
        }
        int region = emptyRegions.length() - 1;
        cold.add(region);
        return Pages.firstOf(region);
    }

    private int findOrCommit(int pageCount, int log2PageAlignment) {
        int page = search.find(pageCount, log2PageAlignment);
        if (page >= 0) {
            return page;
        }
        return next.adopt() || commitLowest()
                ? search.find(pageCount, log2PageAlignment)
                : search.findAmongCold(pageCount, log2PageAlignment);
    }

    private boolean commitLowest() {
        if (holes.isEmpty() || !commit(holes.nextSetBit(0))) {
            return false;
        }
        next.noteGrowth();
        return true;
    }

    void take(int firstPage, int pageCount) {
        int end = firstPage + pageCount;
        for (int page = firstPage; page < end; page = Pages.endOfPart(page, end)) {
            int region = Pages.regionOf(page);
            int partCount = Pages.endOfPart(page, end) - page;
            Buddy buddy = buddyOf(region);
            if (buddy.isEmpty()) {
                emptyRegions.clear(region);
                emptyRegionCount--;
                next.noteUse(region);
            }
            buddy.take(Pages.inRegion(page), partCount);
            note(region, buddy);
        }
        freePageCount -= pageCount;
        next.noteTaken();
    }

    /** Frees pages: a run, or the tail of one. */
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
                // A region can wait for the end of a preparation. Its thread releases what is too much then.
                if (source.preparing() < 0) {
                    releaseIfSurplus(region);
                }
            }
        }
    }

    /** Releases an empty region beyond the retention. */
    void releaseIfSurplus(int region) {
        // A region without its memory is not ready for use, and little of it is left to give back.
        if (emptyRegionCount > retainedRegionCount || source.isThin(region)) {
            release(region);
        }
    }

    /**
     * Frees pages of one region, or withholds them.
     *
     * @return how many more pages are free
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
     * @param page the page after the run
     * @return how many pages were taken
     */
    public int extend(int page) {
        int inRegion = Pages.inRegion(page);
        int pageCount = inRegion == 0 ? 0 : buddyOf(Pages.regionOf(page)).freeFrom(inRegion);
        return pageCount > 0 && restoreAndTake(page, pageCount) ? pageCount : 0;
    }

    /**
     * Takes the first stretch of free pages of a region in use.
     *
     * @return the first page and, in the upper half, how many; 0 if there are none, or if the region is empty
     */
    public long takeStretch(int region) {
        Buddy buddy = buddies[region];
        if (buddy == null || buddy.isEmpty() || buddy.freePageCount() == 0) {
            return 0;
        }
        int inRegion = buddy.pages.nextFree(0);
        int pageCount = buddy.freeFrom(inRegion);
        int page = Pages.firstOf(region) + inRegion;
        take(page, pageCount);
        return ((long) pageCount << Integer.SIZE) | page;
    }

    /** Updates all indexes for a committed region. */
    void note(int region, Buddy buddy) {
        if (cold.contains(region)) {
            cold.note(region, buddy);
            boundaries.update(region, 0, 0);
            return;
        }
        bins.update(region, buddy.longestFreeStretch(), buddy.freePageCount());
        boundaries.update(region, buddy.leadingFree(), buddy.trailingFree());
    }

    /**
     * Commits regions until at least {@code regionCount} adjacent ones are empty, and retains that many from then on.
     *
     * @return whether that many are there now; if not, those that could be committed stay until {@link #trim}, and the
     *     retention is unchanged
     */
    public boolean precommit(int regionCount) {
        int page = adjacent.commitEmpty(regionCount);
        if (page < 0 || !source.restore(page, Pages.firstOf(regionCount))) {
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
        next.adopt();
        next.noteTrim();
        retainedRegionCount = DEFAULT_RETAINED_REGION_COUNT;
        int before = committedRegionCount;
        for (int region = emptyRegions.nextSetBit(0); region >= 0; region = emptyRegions.nextSetBit(region + 1)) {
            release(region);
        }
        return before - committedRegionCount;
    }

    /**
     * Gives back the memory of free pages in a region in use. They come back when they are taken.
     *
     * @return how many pages lost their memory
     */
    public int discardFreePages(int region) {
        Buddy buddy = buddies[region];
        int discarded = 0;
        if (buddy != null && !buddy.isEmpty()) {
            int page = buddy.pages.nextFree(0);
            while (page < Pages.PER_REGION) {
                int pageCount = buddy.freeFrom(page);
                discarded += source.discard(Pages.firstOf(region) + page, pageCount);
                page = buddy.pages.nextFree(page + pageCount);
            }
        }
        return discarded;
    }

    boolean commit(int region) {
        // Metadata first: if the Java heap is exhausted here, no native memory is lost.
        Buddy buddy = prepare(region);
        if (!source.commit(region)) {
            return false;
        }
        add(region, buddy);
        return true;
    }

    /** Makes room for a region in all indexes. */
    Buddy prepare(int region) {
        if (withheld != null) {
            withheld.reserve(region);
        }
        bins.reserve(region + 1);
        boundaries.reserve(region + 1);
        return new Buddy();
    }

    /** Adds a region that was just committed. */
    void add(int region, Buddy buddy) {
        buddies[region] = buddy;
        holes.clear(region);
        emptyRegions.set(region);
        committedRegionCount++;
        emptyRegionCount++;
        freePageCount += Pages.PER_REGION;
        note(region, buddy);
    }

    /** A region that the source refuses to release stays committed and empty: a free never fails. */
    void release(int region) {
        if (!source.releases() || !source.release(region)) {
            releaseFailureCount += source.releases() ? 1 : 0;
            return;
        }
        buddies[region] = null;
        next.noteUse(region);
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

    /** {@return what prepares the next region} */
    public NextRegion next() {
        return next;
    }

    /**
     * {@return whether a run without alignment fits into committed regions, except the prepared one: a caller that
     * can do without another region leaves it alone}
     */
    public boolean hasPagesFor(int pageCount) {
        int page = search.find(pageCount, 0);
        return page >= 0 && !next.isPrepared(Pages.regionOf(page));
    }

    /** {@return whether a run without alignment fits into the span, assuming that every commit succeeds} */
    public boolean hasPlaceFor(int pageCount) {
        return pageCount > Pages.PER_REGION
                ? boundaries.findLong(pageCount, 0, holes, buddies.length) >= 0
                : !holes.isEmpty() || search.find(pageCount, 0) >= 0
                        || cold.choose(pageCount) >= 0;
    }

    /** {@return whether a region is committed} */
    public boolean isCommitted(int region) {
        return buddies[region] != null;
    }

    /** {@return regions of the zone, committed or not} */
    public int regionCount() {
        return buddies.length;
    }

    /** {@return committed regions} */
    public int committedRegionCount() {
        return committedRegionCount;
    }

    /** {@return whether a region is committed and without a page in use} */
    public boolean isEmpty(int region) {
        return emptyRegions.get(region);
    }

    /** {@return committed regions without a page in use} */
    public int emptyRegionCount() {
        return emptyRegionCount;
    }

    /** {@return pages of committed regions that no run holds} */
    public long freePageCount() {
        return freePageCount;
    }

    /** {@return pages of a region that no run holds} */
    public int freePageCount(int region) {
        Buddy buddy = buddies[region];
        return buddy == null ? 0 : buddy.freePageCount();
    }

    /** {@return free pages that must not be handed out before their region is empty} */
    public long withheldPageCount() {
        return withheld == null ? 0 : withheld.pageCount();
    }

    /** {@return how often the source refused to release a region} */
    public long releaseFailureCount() {
        return releaseFailureCount;
    }

    /** {@return bytes of bookkeeping in the Java heap} */
    public long metadataByteSize() {
        return 80 + 48 + 4L * buddies.length + 2 * (40 + holes.size() / 8L) + bins.metadataByteSize()
                + boundaries.metadataByteSize() + cold.metadataByteSize()
                + (withheld == null ? 0 : withheld.metadataByteSize())
                + (long) committedRegionCount * Buddy.METADATA_BYTE_SIZE;
    }

    /** {@return the free memory of the committed regions, counted region by region} */
    public RunFigures figures() {
        return new RunFigures(buddies);
    }
}
