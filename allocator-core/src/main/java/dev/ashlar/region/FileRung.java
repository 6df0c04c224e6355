package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/** One memfd for all regions of a zone, so that neighbours are one VMA if the backing allows it. */
final class FileRung extends SharedRung {
    private final FileMemory memory;
    private final MemoryFile file;
    /** The same memory without a file, or null for the pool, whose memory can be mapped twice only from a file. */
    private final @Nullable FilelessRung withoutFile;
    /** Whether the last commit failed for a cause that memory without a file does not share. */
    private boolean failedForTheFile;

    FileRung(Backing backing, Zone zone, SystemCalls calls, String name) {
        super(backing, zone, calls);
        this.memory = new FileMemory(this, name);
        this.file = new MemoryFile(calls);
        this.withoutFile = backing == Backing.HUGETLB ? null : new FilelessRung(backing, zone, calls);
    }

    @Override
    @Nullable Rung alternative() {
        return failedForTheFile ? withoutFile : null;
    }

    @Override
    @Nullable Refusal commit(int region) {
        long offset = Region.offsetOf(region);
        failedForTheFile = true;
        Refusal refusal = file.isOpen() ? null : memory.open(file);
        if (refusal == null) {
            refusal = memory.grow(file, offset + Region.BYTE_SIZE);
        }
        if (refusal != null) {
            return refusal;
        }
        int result = memory.allocate(file, offset);
        failedForTheFile = result < 0 && result != -Errno.ENOSPC && result != -Errno.ENOMEM;
        if (result < 0) {
            // An interrupted fallocate may leave a part allocated.
            file.punch(offset, Region.BYTE_SIZE);
            return memory.notAllocated(offset, result);
        }
        refusal = map(view -> map(view, region), region);
        if (refusal != null) {
            undo(region);
        }
        return refusal;
    }

    private @Nullable Refusal map(View view, int region) {
        int result = view.map(file, Region.offsetOf(region), region);
        failedForTheFile = result < 0 && result != -Errno.ENOMEM && result != -Errno.EAGAIN;
        return result < 0 ? notMapped("mmap(" + view.access() + ", MAP_SHARED)", "mmap(2)", view, result) : null;
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
        boolean restored = map(view -> map(view, region), region) == null;
        if (!restored) {
            undo(region);
        }
        return !restored;
    }

    @Override
    void forget(int region) {
        if (file.isOpen()) {
            undo(region);
        } else {
            super.forget(region);
        }
    }

    @Override
    void close() {
        file.close();
    }
}
