package dev.ashlar.bench.designs;

import org.jspecify.annotations.Nullable;

/**
 * A bitmap of 64-byte chunks for each region, as the kernel packs BPF programs: the first region and the first stretch
 * in it that is long enough. A count of free chunks lets full regions be passed over, which the kernel does not do.
 */
final class BitmapPack implements PlacementDesign {

    private static final int CHUNK_BYTE_SIZE = 64;
    private static final int CHUNKS_PER_REGION = REGION_BYTE_SIZE / CHUNK_BYTE_SIZE;
    private static final int CHUNKS_PER_PAGE = PAGE_BYTE_SIZE / CHUNK_BYTE_SIZE;

    private final Regions regions;
    private final @Nullable RegionBitmap[] packs;
    private final WholeRegions wholes;

    BitmapPack(int regionCount) {
        this.regions = new Regions(regionCount);
        this.packs = new RegionBitmap[regionCount];
        this.wholes = new WholeRegions(regions);
    }

    @Override
    public long allocate(long byteSize) {
        if (byteSize > REGION_BYTE_SIZE) {
            return wholes.allocate(byteSize);
        }
        int chunks = chunks(byteSize);
        for (int region = regions.nextCommitted(0); region >= 0; region = regions.nextCommitted(region + 1)) {
            RegionBitmap pack = packs[region];
            if (pack != null && pack.freeCount() >= chunks) {
                int first = pack.firstFit(chunks);
                if (first >= 0) {
                    if (pack.isEmpty()) {
                        regions.used(region);
                    }
                    return take(region, pack, first, chunks);
                }
            }
        }
        int fresh = regions.commit(1);
        RegionBitmap pack = new RegionBitmap(CHUNKS_PER_REGION);
        packs[fresh] = pack;
        return take(fresh, pack, 0, chunks);
    }

    private static long take(int region, RegionBitmap pack, int first, int chunks) {
        pack.take(first, chunks);
        return (long) region * REGION_BYTE_SIZE + (long) first * CHUNK_BYTE_SIZE;
    }

    @Override
    public void free(long offset, long byteSize) {
        int region = (int) (offset / REGION_BYTE_SIZE);
        RegionBitmap pack = packs[region];
        if (pack == null) {
            wholes.free(offset, byteSize);
            return;
        }
        pack.free((int) (offset % REGION_BYTE_SIZE) / CHUNK_BYTE_SIZE, chunks(byteSize));
        if (pack.isEmpty() && !regions.keepsEmpty(region)) {
            packs[region] = null;
        }
    }

    private static int chunks(long byteSize) {
        return (int) Math.ceilDiv(byteSize, CHUNK_BYTE_SIZE);
    }

    @Override
    public void trim() {
        for (int region = regions.trimOne(); region >= 0; region = regions.trimOne()) {
            packs[region] = null;
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
            RegionBitmap pack = packs[region];
            heldPages += pack == null ? REGION_BYTE_SIZE / PAGE_BYTE_SIZE : pack.usedGroupCount(CHUNKS_PER_PAGE);
            metadata += pack == null ? 0 : pack.metadataByteSize();
        }
        return new Footprint(heldPages * PAGE_BYTE_SIZE, committedByteSize(), regions.committedCount(),
                regions.stretchCount(), metadata);
    }
}
