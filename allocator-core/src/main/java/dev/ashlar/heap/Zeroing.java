package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Clears what blocks held before. Thread-safe; creates no Java object.
 *
 * <p>Free memory of a secret heap is zero already. A block of it is cleared again when it is taken, because a caller
 * may have written to it after its free. Its pages come at that moment, and the host may refuse them.
 */
public final class Zeroing {
    /** Below this, single stores are faster than the start of a copy. */
    private static final int SMALL_BYTE_SIZE = 64;

    /** A page, small enough to stay in the first-level cache. */
    private static final MemorySegment ZEROS = Arena.global().allocate(4096).asReadOnly();

    private final Space space;
    private final MemorySegment writable;
    private final boolean bringsPages;

    Zeroing(Space space) {
        this.space = space;
        this.writable = space.zone().writable();
        this.bringsPages = space.zone().domain() == Domain.SECRET;
    }

    /**
     * Takes a block whose first {@code byteSize} bytes are zero.
     *
     * @return its offset
     */
    public long take(long byteSize, long byteAlignment, Holder holder) {
        long offset = space.take(byteSize, byteAlignment, holder);
        try {
            return clear(offset, byteSize);
        } catch (Throwable refused) {
            space.undo(offset, holder);
            throw refused;
        }
    }

    /**
     * Clears a range of memory that the caller holds, up to the next multiple of 8 bytes, which every block has.
     *
     * @return {@code offset}
     */
    long clear(long offset, long byteSize) {
        if (bringsPages) {
            space.populate(offset, byteSize);
        }
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
