package dev.ashlar.bench.designs;

/**
 * Another design, for callers who do not know a block's size any more: live blocks stand in a second tree, as the
 * kernel's busy areas do. It finds what is freed, and would find what is not live.
 */
final class FreeByAddress implements PlacementDesign {

    private final PlacementDesign design;
    private final RangeTree live = new RangeTree();

    FreeByAddress(PlacementDesign design) {
        this.design = design;
    }

    @Override
    public long allocate(long byteSize) {
        long offset = design.allocate(byteSize);
        live.add(offset, Math.toIntExact(byteSize));
        return offset;
    }

    @Override
    public void free(long offset, long byteSize) {
        int node = live.floor(offset);
        if (node == RangeTree.NONE || live.start(node) != offset) {
            throw new IllegalArgumentException("no live block starts at offset " + offset);
        }
        int found = live.length(node);
        live.remove(node);
        design.free(offset, found);
    }

    @Override
    public CommitUnit commitUnit() {
        return design.commitUnit();
    }

    @Override
    public long committedByteSize() {
        return design.committedByteSize();
    }

    @Override
    public Footprint footprint() {
        Footprint inner = design.footprint();
        return new Footprint(inner.heldByteSize(), inner.committedByteSize(), inner.regions(), inner.vmas(),
                inner.metadataByteSize() + live.metadataByteSize());
    }

    @Override
    public void trim() {
        design.trim();
    }

    @Override
    public void checkInvariants() {
        live.checkInvariants(0);
        design.checkInvariants();
    }

    @Override
    public void close() {
        design.close();
    }
}
