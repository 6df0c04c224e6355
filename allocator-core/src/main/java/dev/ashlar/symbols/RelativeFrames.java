package dev.ashlar.symbols;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** The frames of one function, then the header by which readers find them: all but where its code lies. */
final class RelativeFrames {
    private static final int TABLE_IN_HEADER = 12;

    private final MemorySegment bytes;
    private final int headerByteSize;
    private final int codePlace;
    private final int headerStart;

    /**
     * Uses what was written.
     *
     * @param codePlace where the distance of the code is to be written; its size follows
     * @param headerStart where the header starts
     */
    RelativeFrames(byte[] bytes, int headerByteSize, int codePlace, int headerStart) {
        this.bytes = MemorySegment.ofArray(bytes);
        this.headerByteSize = headerByteSize;
        this.codePlace = codePlace;
        this.headerStart = headerStart;
    }

    /** {@return the bytes of both, a multiple of 8} */
    int byteSize() {
        return (int) bytes.byteSize();
    }

    int headerByteSize() {
        return headerByteSize;
    }

    /** Writes the frames of code that has this size. */
    void write(MemorySegment target, long at, long codeByteSize) {
        MemorySegment.copy(bytes, 0, target, at, bytes.byteSize());
        long start = (codeByteSize + 7) & -8L;
        target.set(JAVA_INT_UNALIGNED, at + codePlace, (int) -(start + codePlace));
        target.set(JAVA_INT_UNALIGNED, at + codePlace + 4, (int) codeByteSize);
        target.set(JAVA_INT_UNALIGNED, at + headerStart + TABLE_IN_HEADER, (int) -(start + headerStart));
    }
}
