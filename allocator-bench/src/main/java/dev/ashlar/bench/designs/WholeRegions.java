package dev.ashlar.bench.designs;

/** What designs that work inside a region do with a block longer than one: regions side by side, for it alone. */
final class WholeRegions {

    private final Regions regions;

    WholeRegions(Regions regions) {
        this.regions = regions;
    }

    long allocate(long byteSize) {
        return (long) regions.commit(count(byteSize)) * PlacementDesign.REGION_BYTE_SIZE;
    }

    void free(long offset, long byteSize) {
        regions.release((int) (offset / PlacementDesign.REGION_BYTE_SIZE), count(byteSize));
    }

    private static int count(long byteSize) {
        return Math.toIntExact(Math.ceilDiv(byteSize, PlacementDesign.REGION_BYTE_SIZE));
    }
}
