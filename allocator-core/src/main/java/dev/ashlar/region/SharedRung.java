package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * Memory that several views can share: pages of the hugetlb pool, transparent huge pages, small ones. Holds what does
 * not depend on where it comes from: one memfd for all regions, one for each region, or no file.
 */
abstract sealed class SharedRung extends Rung permits FileRung, SealedRung, FilelessRung {
    final SystemCalls calls;
    final Remedy remedy;

    SharedRung(Backing backing, Zone zone, SystemCalls calls) {
        super(backing, zone);
        this.calls = calls;
        this.remedy = new Remedy(calls);
    }

    /** What maps the memory of a region that is being committed. */
    @FunctionalInterface
    interface Source {

        /** Maps the memory in a view: first in the view to write through, then in the front if that is another. */
        @Nullable Refusal map(View view);

        /** Called when the view to write through is mapped and no other is yet. */
        default @Nullable Refusal refuseWriters() {
            // Later regions are written through mappings of the same memory.
            return null;
        }
    }

    /**
     * Maps a region in all views: first in the view to write through, which is filled with traps.
     */
    final @Nullable Refusal map(Source source, int region) {
        View writing = zone.writing();
        Refusal refusal = map(source, writing, region);
        if (refusal == null && zone.isExecutable()) {
            // Before the executable view exists, so that only traps can run there.
            zone.fillWithTraps(Region.offsetOf(region), Region.BYTE_SIZE);
        }
        if (refusal == null) {
            refusal = source.refuseWriters();
        }
        View front = zone.front();
        if (refusal == null && front != writing) {
            refusal = map(source, front, region);
        }
        if (refusal == null) {
            populate(region);
        }
        return refusal;
    }

    private @Nullable Refusal map(Source source, View view, int region) {
        Access access = view.access();
        Refusal refusal = source.map(view);
        if (refusal != null) {
            return refusal;
        }
        // A forked child could write the parent's memory through it.
        int result = view.advise(region, Linux.MADV_DONTFORK);
        boolean showsAgain = view != zone.front();
        if (result == 0 && showsAgain) {
            // A core dump has the front, which a debugger needs, and has each byte once.
            result = view.advise(region, Linux.MADV_DONTDUMP);
        }
        if (result < 0) {
            String advice = showsAgain ? "MADV_DONTFORK or MADV_DONTDUMP" : "MADV_DONTFORK";
            return refusal(
                    "madvise(" + access + " view, " + advice + ")", result, remedy.ofMapping("madvise(2)", result));
        }
        if (backing == Backing.SHMEM_THP) {
            view.touch(region);
            result = view.collapse(region);
            if (result < 0) {
                return refusal(
                        "madvise(" + access + " view, MADV_COLLAPSE)", result, remedy.ofHugePage(backing, result));
            }
        }
        return null;
    }

    /** {@inheritDoc} A page of the hugetlb pool is a whole region. */
    @Override
    final int discardAdvice() {
        return backing == Backing.HUGETLB ? Linux.MADV_NORMAL : Linux.MADV_REMOVE;
    }

    /** {@return the refusal of a mapping in a view} */
    final Refusal notMapped(String call, String name, View view, int result) {
        String help = view.access() == Access.EXECUTE
                ? remedy.ofExecution(name, result)
                : remedy.ofMapping(name, result);
        return refusal(call, result, help);
    }

    /** Fills the page tables of the front, which has not been written. */
    private void populate(int region) {
        View first = zone.front();
        if (backing == Backing.SMALL) {
            // Only advice (Linux 5.14): without it, the first access fills the tables.
            first.advise(region, Linux.MADV_POPULATE_READ);
        } else if (zone.isExecutable()) {
            // One touch maps the huge page, also on kernels without MADV_POPULATE_READ (before 5.14).
            zone.requireTrap(region);
        } else if (first.advise(region, Linux.MADV_POPULATE_READ) < 0) {
            // Before Linux 5.14.
            first.touch(region);
        }
    }

    /**
     * Makes the region a hole in all views from the n-th on.
     *
     * @return whether it now is one in each
     */
    final boolean unmapFrom(int nth, int region) {
        boolean unmapped = true;
        for (View view : zone.views().subList(nth, zone.views().size())) {
            unmapped &= view.unmap(region) == 0;
        }
        return unmapped;
    }
}
