package dev.ashlar.bench.designs;

import org.jspecify.annotations.Nullable;

/**
 * A cache of small pages out of regions of 2 MiB: whole pages, the region used last first. A block of several pages
 * gets that many side by side, because there is no page table here that would make scattered ones look so.
 */
final class GroupedPages implements PlacementDesign {

    private static final int PAGES_PER_REGION = REGION_BYTE_SIZE / PAGE_BYTE_SIZE;
    private static final int NONE = -1;

    private final Regions regions;
    private final @Nullable RegionBitmap[] groups;
    private final WholeRegions wholes;
    /** Regions with free pages from the one used last to the one not used for longest, by links. */
    private int newest = NONE;
    private final int[] older;
    private final int[] newer;

    GroupedPages(int regionCount) {
        this.regions = new Regions(regionCount);
        this.groups = new RegionBitmap[regionCount];
        this.wholes = new WholeRegions(regions);
        this.older = new int[regionCount];
        this.newer = new int[regionCount];
    }

    @Override
    public long allocate(long byteSize) {
        if (byteSize > REGION_BYTE_SIZE) {
            return wholes.allocate(byteSize);
        }
        int pages = pages(byteSize);
        for (int region = newest; region != NONE; region = older[region]) {
            RegionBitmap group = groups[region];
            if (group != null && group.freeCount() >= pages) {
                int first = group.firstFit(pages);
                if (first >= 0) {
                    if (group.isEmpty()) {
                        regions.used(region);
                    }
                    group.take(first, pages);
                    unlink(region);
                    if (group.freeCount() > 0) {
                        link(region);
                    }
                    return (long) region * REGION_BYTE_SIZE + (long) first * PAGE_BYTE_SIZE;
                }
            }
        }
        int fresh = regions.commit(1);
        RegionBitmap group = new RegionBitmap(PAGES_PER_REGION);
        groups[fresh] = group;
        group.take(0, pages);
        if (group.freeCount() > 0) {
            link(fresh);
        }
        return (long) fresh * REGION_BYTE_SIZE;
    }

    @Override
    public void free(long offset, long byteSize) {
        int region = (int) (offset / REGION_BYTE_SIZE);
        RegionBitmap group = groups[region];
        if (group == null) {
            wholes.free(offset, byteSize);
            return;
        }
        if (group.freeCount() > 0) {
            unlink(region);
        }
        group.free((int) (offset % REGION_BYTE_SIZE) / PAGE_BYTE_SIZE, pages(byteSize));
        if (group.isEmpty() && !regions.keepsEmpty(region)) {
            groups[region] = null;
        } else {
            link(region);
        }
    }

    private void link(int region) {
        older[region] = newest;
        newer[region] = NONE;
        if (newest != NONE) {
            newer[newest] = region;
        }
        newest = region;
    }

    private void unlink(int region) {
        if (newer[region] == NONE) {
            newest = older[region];
        } else {
            older[newer[region]] = older[region];
        }
        if (older[region] != NONE) {
            newer[older[region]] = newer[region];
        }
    }

    private static int pages(long byteSize) {
        return (int) Math.ceilDiv(byteSize, PAGE_BYTE_SIZE);
    }

    @Override
    public void trim() {
        for (int region = regions.trimOne(); region >= 0; region = regions.trimOne()) {
            unlink(region);
            groups[region] = null;
        }
    }

    @Override
    public long committedByteSize() {
        return regions.committedByteSize();
    }

    @Override
    public Footprint footprint() {
        long heldPages = 0;
        long metadata = 0;
        for (int region = regions.nextCommitted(0); region >= 0; region = regions.nextCommitted(region + 1)) {
            RegionBitmap group = groups[region];
            heldPages += PAGES_PER_REGION - (group == null ? 0 : group.freeCount());
            metadata += group == null ? 0 : group.metadataByteSize() + 2L * Integer.BYTES;
        }
        return new Footprint(heldPages * PAGE_BYTE_SIZE, committedByteSize(), regions.committedCount(),
                regions.stretchCount(), metadata);
    }
}
