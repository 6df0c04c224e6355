package dev.ashlar.heap;

import dev.ashlar.region.Health;
import dev.ashlar.region.Zone;
import dev.ashlar.region.ZoneRegions;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Eraser;

/** Makes the store of blocks of a zone, with what erases freed memory there. */
final class Erasing {
    private Erasing() {}

    /** {@return a store over all memory of a zone} */
    static BlockStore storeOf(Zone zone, ZoneRegions regions, Object lock, Health health) {
        return switch (zone.domain()) {
            // Secrets are zero as soon as they are freed.
            case SECRET -> new BlockStore(
                    regions, (offset, byteSize) -> clear(regions, lock, offset, byteSize), lock, health);
            case CODE -> new BlockStore(regions, codeEraser(zone, regions), lock, health, regions::committedByteSize);
            case RODATA, DATA -> new BlockStore(regions, Eraser.NONE, lock, health, regions::committedByteSize);
        };
    }

    private static void clear(ZoneRegions regions, Object lock, long offset, long byteSize) {
        synchronized (lock) {
            regions.clear(offset, byteSize);
        }
    }

    /**
     * {@return what fills freed code with traps before its place is used again}
     *
     * <p>Code that was published in place cannot be written. Its pages are withheld until their region is empty, and
     * the region is filled when it is reopened.
     *
     * <p>If the kernel refuses a write, the code stays as it was. It is free all the same, and nothing leads to it.
     */
    private static Eraser codeEraser(Zone zone, ZoneRegions regions) {
        if (!zone.isPublishedInPlace()) {
            return zone::fillWithTraps;
        }
        return (offset, byteSize) -> {
            if (regions.ledger().isOpen(offset, byteSize)) {
                zone.fillWithTraps(offset, byteSize);
            } else {
                regions.ledger().asked(1);
            }
        };
    }
}
