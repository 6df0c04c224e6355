package dev.ashlar.memory;

/**
 * What a compilation unit needs.
 *
 * @param codeByteSize bytes of code, at least 1
 * @param constantByteSize bytes of read-only data, or 0
 * @param dataByteSize bytes of writable data, or 0
 * @param byteAlignment alignment of each part: a power of two, 1 to {@link dev.ashlar.CodeHeap#LARGEST_ALIGNMENT},
 *     rounded up to at least 16 bytes
 */
public record UnitSizes(long codeByteSize, long constantByteSize, long dataByteSize, long byteAlignment) {
    private static final long DEFAULT_ALIGNMENT = 16;

    /** Checks that nothing is negative; the heap checks the rest. */
    public UnitSizes {
        if (codeByteSize < 1 || constantByteSize < 0 || dataByteSize < 0) {
            throw new IllegalArgumentException("sizes of a unit out of range: code=" + codeByteSize + " (at least 1)"
                    + ", constants=" + constantByteSize + ", data=" + dataByteSize + " (at least 0)");
        }
    }

    /**
     * Sizes of parts that are aligned to 16 bytes.
     *
     * @param codeByteSize bytes of code
     * @param constantByteSize bytes of constants, 0 for none
     * @param dataByteSize bytes of variables, 0 for none
     */
    public UnitSizes(long codeByteSize, long constantByteSize, long dataByteSize) {
        this(codeByteSize, constantByteSize, dataByteSize, DEFAULT_ALIGNMENT);
    }
}
