package dev.ashlar.bench.designs;

/**
 * A mapping of its own for every block, in whole pages: the lowest gap that is long enough, as the kernel's mmap does
 * from the other end. Neighbours that are executable alike become one mapping, and freeing between them splits it.
 * Memory comes and goes with the block, page by page; nothing is huge.
 */
final class MappingPerBlock implements PlacementDesign {

    /** Bytes of the kernel's record of a mapping on x86-64, Linux 6.18, without the maple tree that finds it. */
    private static final int VMA_BYTE_SIZE = 192;

    private static final int PAGES_PER_REGION = REGION_BYTE_SIZE / PAGE_BYTE_SIZE;

    private final int pageCount;
    private final RangeTree gaps = new RangeTree();
    private long mappedPages;

    MappingPerBlock(int regionCount) {
        this.pageCount = regionCount * PAGES_PER_REGION;
        gaps.add(0, pageCount);
    }

    @Override
    public CommitUnit commitUnit() {
        return CommitUnit.BLOCK;
    }

    @Override
    public long allocate(long byteSize) {
        int pages = pages(byteSize);
        int gap = gaps.firstFit(pages);
        if (gap == RangeTree.NONE) {
            throw new SpanFullException(pageCount / PAGES_PER_REGION, Math.ceilDiv(pages, PAGES_PER_REGION));
        }
        long first = gaps.start(gap);
        gaps.takeFront(gap, pages);
        mappedPages += pages;
        return first * PAGE_BYTE_SIZE;
    }

    @Override
    public void free(long offset, long byteSize) {
        int pages = pages(byteSize);
        gaps.merge(offset / PAGE_BYTE_SIZE, pages);
        mappedPages -= pages;
    }

    private static int pages(long byteSize) {
        return Math.toIntExact(Math.ceilDiv(byteSize, PAGE_BYTE_SIZE));
    }

    @Override
    public long committedByteSize() {
        return mappedPages * PAGE_BYTE_SIZE;
    }

    @Override
    public Footprint footprint() {
        int mapped = 0;
        int regions = 0;
        int pageBefore = 0;
        int regionBefore = -1;
        // What is mapped is what lies before a gap, and behind the last one.
        for (int gap = gaps.first(); pageBefore < pageCount; gap = gaps.next(gap)) {
            int end = gap == RangeTree.NONE ? pageCount : (int) gaps.start(gap);
            if (end > pageBefore) {
                mapped++;
                int firstRegion = Math.max(pageBefore / PAGES_PER_REGION, regionBefore + 1);
                regionBefore = (end - 1) / PAGES_PER_REGION;
                regions += Math.max(0, regionBefore - firstRegion + 1);
            }
            pageBefore = gap == RangeTree.NONE ? pageCount : end + gaps.length(gap);
        }
        return new Footprint(committedByteSize(), committedByteSize(), regions, mapped, (long) mapped * VMA_BYTE_SIZE);
    }

    @Override
    public void trim() {
        // What is freed is unmapped at once.
    }

    @Override
    public void checkInvariants() {
        gaps.checkInvariants(1);
    }
}
