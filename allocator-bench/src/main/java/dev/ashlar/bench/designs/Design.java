package dev.ashlar.bench.designs;

/** The rivals, from the plainest to ours. */
enum Design {
    MAPPING_PER_BLOCK("mapping per block"),
    GROUPED_PAGES("grouped pages"),
    BUDDY_FROM_PAGES("buddy from 4 KiB"),
    RANGE_TREE_OF_PAGES("range tree, pages"),
    BUDDY_FROM_GRANULES("buddy from 64 B"),
    BITMAP_PACK("bitmap pack, 64 B"),
    RANGE_TREE("range tree, 64 B"),
    RANGE_TREE_BY_ADDRESS("range tree + live tree"),
    RANGE_TREE_BEST_FIT("range tree, best fit"),
    BUDDY_AND_SLAB("buddy + slab (ashlar)");

    private final String label;

    Design(String label) {
        this.label = label;
    }

    /** {@return the name in results} */
    String label() {
        return label;
    }

    /** {@return a fresh instance; the caller closes it} */
    PlacementDesign on(Ground ground) {
        int regionCount = ground.regionCount();
        return switch (this) {
            case MAPPING_PER_BLOCK -> new MappingPerBlock(regionCount);
            case GROUPED_PAGES -> new GroupedPages(regionCount);
            case BUDDY_FROM_PAGES -> BuddyDesign.fromPages(regionCount);
            case RANGE_TREE_OF_PAGES -> RangeTreeDesign.ofPages(regionCount);
            case BUDDY_FROM_GRANULES -> BuddyDesign.fromGranules(regionCount);
            case BITMAP_PACK -> new BitmapPack(regionCount);
            case RANGE_TREE -> RangeTreeDesign.ofGranules(regionCount);
            case RANGE_TREE_BY_ADDRESS -> new FreeByAddress(RangeTreeDesign.ofGranules(regionCount));
            case RANGE_TREE_BEST_FIT -> RangeTreeDesign.bestFit(regionCount);
            case BUDDY_AND_SLAB -> CodePlacement.on(ground);
        };
    }
}
