package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/** One memfd for all regions of a zone, so that neighbours are one VMA if the backing allows it. */
final class FileRung extends SharedRung {
    private final MemoryFile file;

    FileRung(Backing backing, Zone zone, SystemCalls calls, String name) {
        super(backing, zone, calls, name);
        this.file = new MemoryFile(calls);
    }

    @Override
    @Nullable Refusal commit(int region) {
        Refusal refusal = file.isOpen() ? null : open(file, zone.byteSize());
        if (refusal != null) {
            return refusal;
        }
        long offset = Region.offsetOf(region);
        refusal = allocate(file, offset);
        if (refusal != null) {
            // An interrupted fallocate may leave a part allocated.
            file.punch(offset, Region.BYTE_SIZE);
            return refusal;
        }
        refusal = map(file, offset, region);
        if (refusal != null) {
            undo(region);
        }
        return refusal;
    }

    @Override
    @Nullable Refusal refuseWriters(MemoryFile source) {
        // Later regions are written through mappings of the same file.
        return null;
    }

    /**
     * Makes the region a hole. Memory must not disappear while a view still reaches it (SIGBUS, or a silent fresh
     * page): if the kernel refuses a hole, the memory stays until the next commit or the heap's end.
     */
    private void undo(int region) {
        if (unmapFrom(0, region)) {
            file.punch(Region.offsetOf(region), Region.BYTE_SIZE);
        }
    }

    @Override
    boolean release(int region) {
        if (zone.front().unmap(region) < 0) {
            // For example no VMA is left for the hole. Nothing has changed.
            return false;
        }
        long offset = Region.offsetOf(region);
        if (unmapFrom(1, region) && file.punch(offset, Region.BYTE_SIZE) == 0) {
            return true;
        }
        // If the kernel refuses to map the region again too, it is useless: it counts as released, and is a hole in
        // each view for which the kernel allows it.
        boolean restored = map(file, offset, region) == null;
        if (!restored) {
            undo(region);
        }
        return !restored;
    }

    @Override
    void forget(int region) {
        if (file.isOpen()) {
            undo(region);
        }
    }

    @Override
    void close() {
        file.close();
    }
}
