package dev.ashlar;

import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Clears what blocks of a data heap held before. Thread-safe; makes no Java object. */
sealed class Zeroing permits SecretZeroing {
    /** Below this, single stores are faster than to set out for a copy. */
    private static final int SMALL_BYTE_SIZE = 64;

    /** A page, small enough to stay in the first-level cache. */
    private static final MemorySegment ZEROS = Arena.global().allocate(4096).asReadOnly();

    private final HeapSpace space;
    private final MemorySegment writable;

    Zeroing(HeapSpace space) {
        this.space = space;
        this.writable = space.zone.writable();
    }

    /** Takes a block whose first {@code byteSize} bytes are zero. @return its offset */
    long take(long byteSize, long byteAlignment, Holder holder) {
        return clear(space.take(byteSize, byteAlignment, holder), byteSize);
    }

    /**
     * Clears a range of memory that the caller holds, up to the next multiple of 8 bytes, which every block has.
     *
     * @return {@code offset}
     */
    long clear(long offset, long byteSize) {
        try {
            if (byteSize <= SMALL_BYTE_SIZE) {
                for (int done = 0; done < byteSize; done += Long.BYTES) {
                    writable.set(ValueLayout.JAVA_LONG, offset + done, 0);
                }
            } else {
                for (long done = 0; done < byteSize; done += ZEROS.byteSize()) {
                    long part = Math.min(ZEROS.byteSize(), byteSize - done);
                    MemorySegment.copy(ZEROS, 0, writable, offset + done, part);
                }
            }
        } catch (IllegalStateException e) {
            throw space.closedOr(e);
        }
        return offset;
    }
}
