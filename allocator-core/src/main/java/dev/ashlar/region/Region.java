package dev.ashlar.region;

/** The unit of commit, huge mapping, domain and release: 2 MiB of a span, aligned. Regions are named by index. */
public final class Region {
    /** Bytes of a region: what one PMD entry maps with 4 KiB base pages on x86-64 and AArch64. */
    public static final long BYTE_SIZE = 1L << 21;

    private static final int LOG2_BYTE_SIZE = 21;

    private Region() {}

    /** {@return where a region starts, in bytes from the start of the span} */
    public static long offsetOf(int region) {
        return (long) region << LOG2_BYTE_SIZE;
    }

    /** {@return the regions that {@code byteSize} bytes need} */
    public static int countFor(long byteSize) {
        return (int) ((byteSize + BYTE_SIZE - 1) >>> LOG2_BYTE_SIZE);
    }
}
