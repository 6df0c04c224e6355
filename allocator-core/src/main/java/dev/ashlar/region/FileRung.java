package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/** One memfd for all regions of a zone, so that neighbours are one VMA where the backing allows it. */
final class FileRung extends SharedRung {
    private @Nullable MemoryFile file;

    FileRung(Backing backing, Zone zone, SystemCalls calls, String name) {
        super(backing, zone, calls, name);
    }

    @Override
    @Nullable Refusal commit(int region) {
        MemoryFile source = file;
        if (source == null) {
            switch (create(zone.byteSize())) {
                case MemoryFile.Created created -> {
                    source = created.file();
                    file = source;
                }
                case MemoryFile.NotCreated not -> {
                    return refusal(not);
                }
            }
        }
        long offset = Region.offsetOf(region);
        Refusal refusal = allocate(source, offset);
        if (refusal != null) {
            // An interrupted fallocate may have left part of what it got.
            source.punch(offset, Region.BYTE_SIZE);
            return refusal;
        }
        refusal = map(source, offset, region);
        if (refusal != null) {
            undo(source, region);
        }
        return refusal;
    }

    @Override
    @Nullable Refusal refuseWriters(MemoryFile source) {
        // The regions to come are written through mappings of the same file.
        return null;
    }

    /**
     * Makes the region a hole. Memory must never be gone while a view still reaches it (SIGBUS, or a quiet fresh page):
     * where the kernel refuses a hole, the memory stays until the next commit or the heap's end.
     */
    private void undo(MemoryFile source, int region) {
        if (unmapFrom(0, region)) {
            source.punch(Region.offsetOf(region), Region.BYTE_SIZE);
        }
    }

    @Override
    boolean release(int region) {
        MemoryFile source = file;
        if (source == null) {
            throw new IllegalStateException("region " + region + " was not committed here: " + backing);
        }
        if (zone.front().unmap(region) < 0) {
            // No VMA left for the hole, say: nothing has changed.
            return false;
        }
        long offset = Region.offsetOf(region);
        if (unmapFrom(1, region) && source.punch(offset, Region.BYTE_SIZE) == 0) {
            return true;
        }
        // Where the way back is refused as well the region is no longer of use: it counts as released, and is a hole
        // wherever the kernel still listens.
        boolean restored = map(source, offset, region) == null;
        if (!restored) {
            undo(source, region);
        }
        return !restored;
    }

    @Override
    void close() {
        if (file != null) {
            file.close();
        }
    }
}
