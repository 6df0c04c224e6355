package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Pagemap;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Private anonymous memory, for zones with one view: transparent huge pages, or small ones. It needs no memory file and
 * is gone when the region is a hole again.
 */
final class AnonymousRung extends Rung {
    /** The limit of prctl(PR_SET_VMA_ANON_NAME), including the terminator. */
    private static final int NAME_BYTE_SIZE = 80;

    private static final MemorySegment ZERO = MemorySegment.ofArray(new byte[1]);

    private final View view;
    private final SystemCalls calls;
    private final Remedy remedy;
    private final MemorySegment name;

    AnonymousRung(Backing backing, Zone zone, SystemCalls calls, String heapName) {
        super(backing, zone);
        this.view = zone.front();
        this.calls = calls;
        this.remedy = new Remedy(calls);
        String label = "-" + backing.label();
        String shortened = heapName.substring(0, Math.min(heapName.length(), NAME_BYTE_SIZE - 1 - label.length()));
        this.name = Arena.ofAuto().allocateFrom(shortened + label);
    }

    @Override
    @Nullable Refusal commit(int region) {
        int result = view.mapAnonymous(region);
        if (result < 0) {
            // A late refusal (EAGAIN, ENOMEM) may have removed the hole.
            view.unmap(region);
            return refusal("mmap(" + view.initial() + ", MAP_PRIVATE)", result,
                    view.initial() == Access.EXECUTE
                            ? remedy.ofExecution("mmap(2)", result)
                            : remedy.ofMapping("mmap(2)", result));
        }
        Refusal refusal = furnish(region);
        if (refusal != null) {
            view.unmap(region);
        }
        return refusal;
    }

    private @Nullable Refusal furnish(int region) {
        int result = view.advise(region, Linux.MADV_DONTFORK);
        if (result < 0) {
            return refusal("madvise(" + view.access() + " view, MADV_DONTFORK)", result,
                    remedy.ofMapping("madvise(2)", result));
        }
        // For readers of maps files; kernels without CONFIG_ANON_VMA_NAME refuse it.
        calls.prctl(
                Linux.PR_SET_VMA,
                Linux.PR_SET_VMA_ANON_NAME,
                view.base() + Region.offsetOf(region),
                Region.BYTE_SIZE,
                name.address());
        if (backing == Backing.SMALL) {
            // Keeps the pages small whatever the host's setting; kernels without huge pages refuse it.
            view.advise(region, Linux.MADV_NOHUGEPAGE);
            if (zone.isExecutable()) {
                return fillWithTraps(region, Region.BYTE_SIZE);
            }
            // Only advice (Linux 5.14): without it, the first touch populates each page.
            view.advise(region, zone.isWritable() ? Linux.MADV_POPULATE_WRITE : Linux.MADV_POPULATE_READ);
            return null;
        }
        result = view.advise(region, Linux.MADV_HUGEPAGE);
        if (result < 0) {
            return refusal("madvise(" + view.access() + " view, MADV_HUGEPAGE)", result,
                    remedy.ofHugePage(backing, result));
        }
        // If the host's setting allows it, the touch brings a huge page and the collapse only confirms it. If not, the
        // collapse starts from the touched page.
        Refusal refusal = touch(region);
        if (refusal != null) {
            return refusal;
        }
        result = view.collapse(region);
        // Linux before 6.1 does not know the advice; there the touch alone must have brought the huge page.
        boolean isHuge = result == 0 || (result == -Errno.EINVAL && cameInWhole(region));
        if (!isHuge) {
            return refusal("madvise(" + view.access() + " view, MADV_COLLAPSE)", result,
                    remedy.ofHugePage(backing, result));
        }
        return zone.isExecutable() ? fillWithTraps(region, Region.BYTE_SIZE) : null;
    }

    /** Writes to the region's first page, on the zone's write path. */
    private @Nullable Refusal touch(int region) {
        return zone.isExecutable()
                ? fillWithTraps(region, 1)
                : written(zone.write(Region.offsetOf(region), ZERO, 0, 1));
    }

    private @Nullable Refusal fillWithTraps(int region, long byteSize) {
        return written(zone.fillWithTraps(Region.offsetOf(region), byteSize));
    }

    private @Nullable Refusal written(int result) {
        return result < 0 ? Poke.refusal("pwrite(/proc/self/mem)", result, remedy) : null;
    }

    /** {@return whether the touch of the region's first page brought the last page too} */
    private boolean cameInWhole(int region) {
        return Pagemap.isPresent(calls, view.base() + Region.offsetOf(region) + Region.BYTE_SIZE - 1);
    }

    @Override
    boolean release(int region) {
        return view.unmap(region) == 0;
    }

    @Override
    int discardAdvice() {
        return Linux.MADV_DONTNEED;
    }

    @Override
    void close() {
        // The memory goes with the zone's view.
    }
}
