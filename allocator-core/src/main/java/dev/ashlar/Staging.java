package dev.ashlar;

import dev.ashlar.memory.Domain;
import dev.ashlar.region.Zone;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A buffer in which something is written before it is copied to where it will be, on write paths that do not let the
 * caller write there. It is a block of the heap's zone for data, or memory of the collector's where that has no room.
 */
final class Staging {
    private static final long NONE = -1;

    private final HeapZones zones;
    private final long offset;
    private final MemorySegment segment;

    private Staging(HeapZones zones, long byteSize) {
        this.zones = zones;
        long taken = NONE;
        MemorySegment place = null;
        if (byteSize <= zones.span().byteSizeOf(Domain.DATA)) {
            try {
                HeapSpace data = zones.of(Domain.DATA);
                taken = data.take(byteSize, 1, Holder.OBJECT);
                place = data.zone.writable().asSlice(taken, byteSize);
            } catch (HeapExhaustedException full) {
                // The collector's will do.
            }
        }
        this.offset = taken;
        this.segment = place != null ? place : Arena.ofAuto().allocate(byteSize);
    }

    /** A buffer full of trapping instructions. */
    static Staging forCode(HeapZones zones, long byteSize) {
        Staging staging = new Staging(zones, byteSize);
        Zone.fillWithTraps(staging.segment);
        return staging;
    }

    /** A buffer full of zeros. */
    static Staging forConstants(HeapZones zones, long byteSize) {
        Staging staging = new Staging(zones, byteSize);
        staging.segment.fill((byte) 0);
        return staging;
    }

    MemorySegment segment() {
        return segment;
    }

    void free() {
        if (offset != NONE) {
            FreeResult result = zones.of(Domain.DATA).free(offset, Holder.OBJECT);
            assert result == FreeResult.DONE : result + " offset=" + offset;
        }
    }
}
