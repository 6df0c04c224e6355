package dev.ashlar.bench.designs;

/**
 * Buddy blocks and nothing else: a block gets the power of two that holds it, split off the smallest free block that is
 * large enough and, among those, the lowest; a freed block is merged with its buddy as long as that one is free too.
 * One bit for every block there could be says whether it is free, over the whole span.
 */
final class BuddyDesign implements PlacementDesign {

    private final int log2Smallest;
    private final int orderMax;
    private final Regions regions;
    private final BitTree[] free;
    private final WholeRegions wholes;

    private BuddyDesign(int log2Smallest, int regionCount) {
        this.log2Smallest = log2Smallest;
        this.orderMax = Integer.numberOfTrailingZeros(REGION_BYTE_SIZE >> log2Smallest);
        this.regions = new Regions(regionCount);
        this.wholes = new WholeRegions(regions);
        this.free = new BitTree[orderMax + 1];
        for (int order = 0; order <= orderMax; order++) {
            free[order] = new BitTree(regionCount << (orderMax - order));
        }
    }

    /** As a kernel has it: from a page on. */
    static BuddyDesign fromPages(int regionCount) {
        return new BuddyDesign(12, regionCount);
    }

    /** The same from 64 bytes on, for code of some hundred bytes. */
    static BuddyDesign fromGranules(int regionCount) {
        return new BuddyDesign(6, regionCount);
    }

    @Override
    public long allocate(long byteSize) {
        if (byteSize > REGION_BYTE_SIZE) {
            return wholes.allocate(byteSize);
        }
        int order = order(byteSize);
        int found = order;
        int block = free[order].first();
        while (block < 0 && found < orderMax) {
            block = free[++found].first();
        }
        if (block < 0) {
            block = regions.commit(1);
        } else {
            free[found].clear(block);
            if (found == orderMax) {
                regions.used(block);
            }
        }
        while (found > order) {
            block <<= 1;
            free[--found].set(block + 1);
        }
        return (long) block << (log2Smallest + order);
    }

    @Override
    public void free(long offset, long byteSize) {
        if (byteSize > REGION_BYTE_SIZE) {
            wholes.free(offset, byteSize);
            return;
        }
        int order = order(byteSize);
        int block = (int) (offset >>> (log2Smallest + order));
        while (order < orderMax && free[order].get(block ^ 1)) {
            free[order++].clear(block ^ 1);
            block >>= 1;
        }
        if (order < orderMax || regions.keepsEmpty(block)) {
            free[order].set(block);
        }
    }

    private int order(long byteSize) {
        int blocks = (int) ((byteSize - 1) >>> log2Smallest);
        return Integer.SIZE - Integer.numberOfLeadingZeros(blocks);
    }

    @Override
    public void trim() {
        for (int region = regions.trimOne(); region >= 0; region = regions.trimOne()) {
            free[orderMax].clear(region);
        }
    }

    @Override
    public long committedByteSize() {
        return regions.committedByteSize();
    }

    @Override
    public Footprint footprint() {
        long heldPages = regions.committedByteSize() / PAGE_BYTE_SIZE;
        int log2PagesInSmallest = log2Smallest - Integer.numberOfTrailingZeros(PAGE_BYTE_SIZE);
        for (int order = -log2PagesInSmallest; order <= orderMax; order++) {
            for (int region = regions.nextCommitted(0); region >= 0; region = regions.nextCommitted(region + 1)) {
                heldPages -= (long) freeCount(region, order) << (order + log2PagesInSmallest);
            }
        }
        // Two bits for each of the smallest blocks, and a 63rd more for the words above words.
        long bits = 2L * regions.committedCount() * (REGION_BYTE_SIZE >> log2Smallest) * Long.SIZE / (Long.SIZE - 1);
        return new Footprint(heldPages * PAGE_BYTE_SIZE, committedByteSize(), regions.committedCount(),
                regions.stretchCount(), bits / Byte.SIZE);
    }

    private int freeCount(int region, int order) {
        int count = 0;
        int blocks = 1 << (orderMax - order);
        for (int block = region * blocks; block < (region + 1) * blocks; block++) {
            count += free[order].get(block) ? 1 : 0;
        }
        return count;
    }

    @Override
    public void checkInvariants() {
        for (int order = 0; order < orderMax; order++) {
            for (int region = regions.nextCommitted(0); region >= 0; region = regions.nextCommitted(region + 1)) {
                int blocks = 1 << (orderMax - order);
                for (int block = region * blocks; block < (region + 1) * blocks; block += 2) {
                    if (free[order].get(block) && free[order].get(block + 1)) {
                        throw new IllegalStateException("free buddies unmerged: order=" + order + ", block=" + block);
                    }
                }
            }
        }
    }
}
