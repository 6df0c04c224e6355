package dev.ashlar;

import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Takes blocks of a data heap and clears what they held before. Thread-safe; makes no Java object. */
final class Zeroing {
    /** A page, small enough to stay in the first-level cache. */
    private static final MemorySegment ZEROS = Arena.global().allocate(4096).asReadOnly();

    private final HeapSpace space;
    private final MemorySegment writable;

    Zeroing(HeapSpace space) {
        this.space = space;
        this.writable = space.span.writable();
    }

    /** Takes a block whose first {@code byteSize} bytes are zero. @return its offset */
    long take(long byteSize, long byteAlignment, Holder holder) {
        long offset = space.take(byteSize, byteAlignment, holder);
        try {
            clear(offset, byteSize);
        } catch (IllegalStateException e) {
            throw space.closedOr(e);
        }
        return offset;
    }

    /** Clears a range of committed memory. */
    void clear(long offset, long byteSize) {
        for (long done = 0; done < byteSize; done += ZEROS.byteSize()) {
            MemorySegment.copy(ZEROS, 0, writable, offset + done, Math.min(ZEROS.byteSize(), byteSize - done));
        }
    }
}
