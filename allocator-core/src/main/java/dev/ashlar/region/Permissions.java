package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * Changes the permissions of pages on the write path IN_PLACE, and records each change in the ledger.
 *
 * <p>There are two changes, each one system call for adjacent pages: publish pages, and make a whole region without
 * contents writable again. Not thread-safe: callers hold the heap's lock.
 */
public final class Permissions {
    private final Zone zone;
    private final Ledger ledger;
    private final Remedy remedy;

    Permissions(Zone zone, Ledger ledger, SystemCalls calls) {
        this.zone = zone;
        this.ledger = ledger;
        this.remedy = new Remedy(calls);
    }

    /**
     * {@return why written memory cannot become executable on this host, or null if it can}
     *
     * <p>This tries a page of its own, because the call would split a region.
     */
    public static @Nullable Refusal refusal(SystemCalls calls) {
        long pageByteSize = granuleByteSize(Backing.SMALL);
        long page = calls.mmap(
                0, pageByteSize, Linux.PROT_READ | Linux.PROT_WRITE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        if (Errno.isFailure(page)) {
            return refusal("mmap(read+write, MAP_PRIVATE)", page, new Remedy(calls));
        }
        int result = calls.mprotect(page, pageByteSize, Linux.PROT_READ | Linux.PROT_EXEC);
        calls.munmap(page, pageByteSize);
        return result < 0 ? refusal("mprotect(read+execute)", result, new Remedy(calls)) : null;
    }

    /** {@return why memory could not be made writable again} */
    public Refusal notReopened(int result) {
        return refusal("mprotect(read+write)", result, remedy);
    }

    private static Refusal refusal(String call, long result, Remedy remedy) {
        return new Refusal("in-place", call, Errno.describe(result), remedy.ofPublishing(result));
    }

    /**
     * Publishes committed pages: replaces write permission by what the zone's domain allows.
     *
     * @param offset a multiple of the page size, of 2 MiB on hugetlb
     * @return 0 or {@code -errno}; then the pages are writable as before, or count as published if the kernel refused
     *     to restore that too
     */
    public int publish(long offset, long byteSize) {
        Fork.refuse();
        View view = zone.front();
        int result = view.protect(offset, byteSize, view.access());
        if (result < 0) {
            ledger.refused();
            // mprotect(2) stops at the first VMA that it cannot change; make those before it writable again.
            if (view.protect(offset, byteSize, Access.WRITE) < 0) {
                // It is unknown which pages are writable, and a write to another would end the JVM: allow none.
                ledger.published(offset, byteSize, System.nanoTime());
            } else {
                ledger.refused();
            }
            return result;
        }
        ledger.published(offset, byteSize, System.nanoTime());
        return 0;
    }

    /**
     * Makes a region without contents writable again and, in a code zone, fills it with traps.
     *
     * @return 0 or {@code -errno}; then the region counts as published, although some of its pages may be writable
     */
    public int reopen(int region) {
        Fork.refuse();
        long offset = Region.offsetOf(region);
        int result = zone.front().protect(offset, Region.BYTE_SIZE, Access.WRITE);
        if (result < 0) {
            ledger.refused();
            return result;
        }
        ledger.reopened(region);
        if (zone.isExecutable()) {
            zone.fillWithTraps(offset, Region.BYTE_SIZE);
        }
        return 0;
    }

    /**
     * Asks the kernel to map a region by one huge entry again. All its pages must have the same permissions. The caller
     * does not hold the heap's lock; it reports the result by {@link #noteCollapse}.
     *
     * <p>Pre: the region was written since its commit, which touched the view (see {@link View#collapse}). A touch here
     * could fault, because the region may have been released meanwhile; the kernel refuses to collapse a hole.
     *
     * <p>MADV_COLLAPSE copies 2 MiB; threads that run code there wait meanwhile.
     *
     * @return 0 or {@code -errno}
     */
    public int collapse(int region) {
        Fork.refuse();
        return zone.front().collapse(region);
    }

    /**
     * Records the result of {@link #collapse}.
     *
     * @param lastChange {@link Ledger#lastChangeOf} before the call. If permissions have changed since, the region may
     *     have been made huge and split again, so it counts as split
     * @return whether the region is huge now
     */
    public boolean noteCollapse(int region, long lastChange, int result) {
        if (result < 0) {
            ledger.healFailed();
            return false;
        }
        if (!ledger.isLastChange(region, lastChange) || !canHeal(region)) {
            return false;
        }
        ledger.healed(region, System.nanoTime());
        return true;
    }

    /** {@return whether a region is split and the kernel can make it huge again} */
    public boolean canHeal(int region) {
        return ledger.canHeal(region);
    }

    /** {@return the unit of permission changes on this backing, in bytes} */
    public static long granuleByteSize(Backing backing) {
        return backing == Backing.HUGETLB ? Region.BYTE_SIZE : Pages.BYTE_SIZE;
    }

    /** {@return the ledger} */
    public Ledger ledger() {
        return ledger;
    }
}
