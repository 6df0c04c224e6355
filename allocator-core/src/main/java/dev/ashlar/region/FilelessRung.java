package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * Shared anonymous memory of its own for each region. It is mapped in the view to write through, and mremap(2) of
 * length 0 maps it once more in the front, whose permissions then change once.
 *
 * <p>It needs no descriptor and no permission to create or execute a memory file, and no limit of file size applies.
 * But it cannot be sealed, neighbours are never one VMA, and maps files show it as {@code /dev/zero (deleted)}.
 */
final class FilelessRung extends SharedRung {

    FilelessRung(Backing backing, Zone zone, SystemCalls calls) {
        super(backing, zone, calls);
    }

    @Override
    @Nullable Refusal commit(int region) {
        Refusal refusal = map(view -> map(view, region), region);
        if (refusal != null) {
            unmapFrom(0, region);
        }
        return refusal;
    }

    private @Nullable Refusal map(View view, int region) {
        return view == zone.writing() ? create(view, region) : showAgain(view, region);
    }

    private @Nullable Refusal create(View view, int region) {
        int result = view.mapShared(region);
        if (result < 0) {
            return notMapped("mmap(" + view.access() + ", MAP_SHARED | MAP_ANONYMOUS)", "mmap(2)", view, result);
        }
        if (backing == Backing.SMALL) {
            // A touch of a page that the system does not have would end the JVM.
            result = view.advise(region, Linux.MADV_POPULATE_WRITE);
            if (result == -Errno.ENOMEM || result == -Errno.EFAULT) {
                return refusal("madvise(" + view.access() + " view, MADV_POPULATE_WRITE)", result,
                        remedy.ofPopulating(result));
            }
            if (result < 0) {
                // Before Linux 5.14.
                zone.clear(Region.offsetOf(region), Region.BYTE_SIZE);
            }
        }
        return null;
    }

    private @Nullable Refusal showAgain(View view, int region) {
        int result = view.showAgain(zone.writing(), region);
        if (result < 0) {
            return notMapped("mremap(" + view.access() + " view, 0 bytes)", "mremap(2)", view, result);
        }
        result = view.protect(Region.offsetOf(region), Region.BYTE_SIZE, view.access());
        if (result < 0) {
            return notMapped("mprotect(" + view.access() + " view)", "mprotect(2)", view, result);
        }
        // The new mapping has what the other one was advised.
        view.advise(region, Linux.MADV_DODUMP);
        return null;
    }

    @Override
    boolean joinsNeighbours() {
        return false;
    }

    @Override
    boolean release(int region) {
        if (zone.front().unmap(region) < 0) {
            return false;
        }
        // If the second hole is refused, new memory replaces the old, whose contents are no longer needed. If that
        // fails too, the region counts as released.
        return unmapFrom(1, region) || commit(region) != null;
    }

    @Override
    void close() {
        // The memory goes with the views.
    }
}
