package dev.ashlar.region;

/** The unit of the allocator's own accounts and of permissions: 4 KiB, aligned. Pages are named by index. */
public final class Pages {
    /** log2 of {@link #BYTE_SIZE}. */
    public static final int LOG2_BYTE_SIZE = 12;

    /** Bytes of a page. */
    public static final int BYTE_SIZE = 1 << LOG2_BYTE_SIZE;

    /** log2 of {@link #PER_REGION}. */
    public static final int LOG2_PER_REGION = Region.LOG2_BYTE_SIZE - LOG2_BYTE_SIZE;

    /** Pages of a region. */
    public static final int PER_REGION = 1 << LOG2_PER_REGION;

    private Pages() {}

    /** {@return the page that holds the byte at an offset} */
    public static int indexOf(long offset) {
        return (int) (offset >>> LOG2_BYTE_SIZE);
    }

    /** {@return the offset at which a page starts} */
    public static long offsetOf(int page) {
        return (long) page << LOG2_BYTE_SIZE;
    }

    /** {@return the pages that {@code byteSize} bytes need} */
    public static int countFor(long byteSize) {
        return (int) ((byteSize + BYTE_SIZE - 1) >>> LOG2_BYTE_SIZE);
    }

    /** {@return the first page of a region} */
    public static int firstOf(int region) {
        return region << LOG2_PER_REGION;
    }

    /** {@return the region that holds a page} */
    public static int regionOf(int page) {
        return page >>> LOG2_PER_REGION;
    }

    /** {@return the index of a page within its region} */
    public static int inRegion(int page) {
        return page & (PER_REGION - 1);
    }

    /** {@return the end of the part of {@code [page, end)} that lies in the region of {@code page}} */
    public static int endOfPart(int page, int end) {
        return Math.min(end, firstOf(regionOf(page) + 1));
    }
}
