package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * Changes what pages of a zone allow, which only the write path IN_PLACE does, and has the ledger know.
 *
 * <p>Two steps only, and each as one system call over all that lies side by side: pages are published, and a region
 * without contents is made writable again from end to end. Not thread-safe: the heap's lock is held.
 */
public final class Permissions {
    private final Zone zone;
    private final Ledger ledger;

    Permissions(Zone zone, Ledger ledger) {
        this.zone = zone;
        this.ledger = ledger;
    }

    /**
     * {@return why this host does not let memory that was written become executable, or null where it does}
     *
     * <p>A page of its own is tried, because the call on a region would split it.
     */
    public static @Nullable Refusal refusal(SystemCalls calls) {
        long pageByteSize = granuleByteSize(Backing.SMALL);
        long page = calls.mmap(
                0, pageByteSize, Linux.PROT_READ | Linux.PROT_WRITE, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        if (Errno.isFailure(page)) {
            return refusal("mmap(read+write, MAP_PRIVATE)", page);
        }
        int result = calls.mprotect(page, pageByteSize, Linux.PROT_READ | Linux.PROT_EXEC);
        calls.munmap(page, pageByteSize);
        return result < 0 ? refusal("mprotect(read+execute)", result) : null;
    }

    /** {@return why memory could not be made writable or executable} */
    public static Refusal refusal(String call, long result) {
        return new Refusal("in-place", call, Errno.describe(result),
                "The write path IN_PLACE needs memory that may be written first and executed later: no"
                        + " prctl(PR_SET_MDWE), no SELinux rule against execmem, no such seccomp filter.");
    }

    /**
     * Publishes committed pages: from now on they allow what the zone is for, and no writing.
     *
     * @param offset a multiple of the page size, of 2 MiB on hugetlb
     * @return 0 or {@code -errno}; then they can be written as before, or count as published where the kernel refused
     *     the way back too
     */
    public int publish(long offset, long byteSize) {
        View view = zone.front();
        int result = view.protect(offset, byteSize, view.access());
        if (result < 0) {
            ledger.refused();
            // mprotect(2) stops at the first VMA that it cannot change: those before it are made writable again.
            if (view.protect(offset, byteSize, Access.WRITE) < 0) {
                // Who knows what can be written: nothing must be, or the JVM ends.
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
     * Makes a region without contents writable again and, where code runs in it, fills it with traps.
     *
     * @return 0 or {@code -errno}; then it counts as published, although the kernel may have made some pages writable
     */
    public int reopen(int region) {
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
     * Asks the kernel to map a region by one huge entry again. All its pages must allow the same. Without the heap's
     * lock: {@link #noteCollapse} tells the ledger.
     *
     * <p>Pre: the region was written since it was committed, which touched the view (see {@link View#collapse}). A
     * touch here could meet a region that was released meanwhile, and fault; a collapse of a hole is refused.
     *
     * <p>MADV_COLLAPSE copies 2 MiB; threads that run code there wait meanwhile, and find it where it was.
     *
     * @return 0 or {@code -errno}
     */
    public int collapse(int region) {
        return zone.front().collapse(region);
    }

    /**
     * Notes what {@link #collapse} came to.
     *
     * @param lastChange what {@link Ledger#lastChangeOf} said before; where permissions have changed since, the region
     *     may have been made huge and split again, and counts as split
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

    /** {@return whether a region is split although all its pages allow the same, so that it can be healed} */
    public boolean canHeal(int region) {
        return ledger.isSplit(region) && ledger.isUniform(region);
    }

    /** {@return what a change of permission must be a multiple of on this backing, in bytes} */
    public static long granuleByteSize(Backing backing) {
        return backing == Backing.HUGETLB ? Region.BYTE_SIZE : Pages.BYTE_SIZE;
    }

    /** {@return the books} */
    public Ledger ledger() {
        return ledger;
    }
}
