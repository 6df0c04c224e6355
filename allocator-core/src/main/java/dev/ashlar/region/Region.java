package dev.ashlar.region;

/** The unit of commit, huge mapping, domain and release: 2 MiB of a span, aligned. Regions are named by index. */
public final class Region {
    static final int LOG2_BYTE_SIZE = 21;

    /** Bytes of a region: what one PMD entry maps with 4 KiB base pages on x86-64 and AArch64. */
    public static final long BYTE_SIZE = 1L << LOG2_BYTE_SIZE;

    private Region() {}

    /** {@return where a region starts, in bytes from the start of the span} */
    public static long offsetOf(int region) {
        return (long) region << LOG2_BYTE_SIZE;
    }

    /** {@return the region that holds the byte at an offset} */
    public static int indexOf(long offset) {
        return (int) (offset >>> LOG2_BYTE_SIZE);
    }

    /** {@return the regions that {@code byteSize} bytes need} */
    public static int countFor(long byteSize) {
        return indexOf(roundUp(byteSize));
    }

    /** {@return the largest multiple of a region's size that is not above a number of bytes or an address} */
    public static long roundDown(long bytes) {
        return bytes & -BYTE_SIZE;
    }

    /** {@return the smallest multiple of a region's size that is not below a number of bytes or an address} */
    public static long roundUp(long bytes) {
        return roundDown(bytes + BYTE_SIZE - 1);
    }

    /** {@return the end of the part of {@code [offset, end)} that lies in the region of {@code offset}} */
    public static long endOfPart(long offset, long end) {
        return Math.min(end, roundDown(offset) + BYTE_SIZE);
    }
}
