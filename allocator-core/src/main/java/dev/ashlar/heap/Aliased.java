package dev.ashlar.heap;

import java.lang.foreign.MemorySegment;

/**
 * Memory that can be written through one of its views at all times: code through its second view (write path ALIAS),
 * and data. No permission ever changes, so publishing needs no more than the order of stores.
 */
final class Aliased extends Publishing {
    private final MemorySegment writable;

    Aliased(OpenZone open) {
        super(open);
        this.writable = open.zone.writable();
    }

    @Override
    boolean isStaged() {
        return false;
    }

    @Override
    void write(String action, long offset, MemorySegment source, long sourceOffset, long byteSize) {
        MemorySegment.copy(source, sourceOffset, writable, offset, byteSize);
    }
}
