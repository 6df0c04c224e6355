package dev.ashlar.memory;

/**
 * What a compilation unit needs. Each alignment is a power of two, 1 to {@link dev.ashlar.CodeHeap#LARGEST_ALIGNMENT},
 * rounded up to at least 16 bytes; it has no effect on a part that the unit does not have.
 *
 * @param codeByteSize bytes of code, at least 1
 * @param constantByteSize bytes of read-only data, or 0
 * @param dataByteSize bytes of writable data, or 0
 * @param codeByteAlignment alignment of the code
 * @param constantByteAlignment alignment of the read-only data
 * @param dataByteAlignment alignment of the writable data
 */
public record UnitSizes(
        long codeByteSize,
        long constantByteSize,
        long dataByteSize,
        long codeByteAlignment,
        long constantByteAlignment,
        long dataByteAlignment) {

    private static final long DEFAULT_ALIGNMENT = 16;

    /** Checks that nothing is negative; the heap checks the rest. */
    public UnitSizes {
        if (codeByteSize < 1 || constantByteSize < 0 || dataByteSize < 0) {
            throw new IllegalArgumentException("sizes of a unit out of range: code=" + codeByteSize + " (at least 1)"
                    + ", constants=" + constantByteSize + ", data=" + dataByteSize + " (at least 0)");
        }
    }

    /**
     * Sizes of parts that have the same alignment.
     *
     * @param codeByteSize bytes of code, at least 1
     * @param constantByteSize bytes of read-only data, or 0
     * @param dataByteSize bytes of writable data, or 0
     * @param byteAlignment alignment of each part
     */
    public UnitSizes(long codeByteSize, long constantByteSize, long dataByteSize, long byteAlignment) {
        this(codeByteSize, constantByteSize, dataByteSize, byteAlignment, byteAlignment, byteAlignment);
    }

    /**
     * Sizes of parts that are aligned to 16 bytes.
     *
     * @param codeByteSize bytes of code, at least 1
     * @param constantByteSize bytes of read-only data, or 0
     * @param dataByteSize bytes of writable data, or 0
     */
    public UnitSizes(long codeByteSize, long constantByteSize, long dataByteSize) {
        this(codeByteSize, constantByteSize, dataByteSize, DEFAULT_ALIGNMENT);
    }
}
