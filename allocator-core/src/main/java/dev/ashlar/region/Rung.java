package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * One rung of the backing ladder: commits and releases regions of one backing, in all views of a zone.
 *
 * <p>A commit is a chain of steps; if one is refused, the earlier ones are undone and the region is a hole again.
 */
abstract sealed class Rung permits SharedRung, AnonymousRung, SecretRung {
    final Backing backing;
    final Zone zone;

    Rung(Backing backing, Zone zone) {
        this.backing = backing;
        this.zone = zone;
    }

    /** {@return the rung for a backing under this zone; several views need memory that can be shared} */
    static Rung of(Backing backing, Zone zone, SystemCalls calls, String name) {
        if (backing == Backing.SECRET) {
            return new SecretRung(zone, calls);
        }
        if (!isShared(backing, zone)) {
            return new AnonymousRung(backing, zone, calls, name);
        }
        if (zone.sharing() == Sharing.WITHOUT_FILE && backing != Backing.HUGETLB) {
            return new FilelessRung(backing, zone, calls);
        }
        return zone.hardening() == Hardening.NONE
                ? new FileRung(backing, zone, calls, name)
                : new SealedRung(backing, zone, calls, name);
    }

    /** {@return whether a file backs this zone's memory of this backing, so that it is not private} */
    static boolean isShared(Backing backing, Zone zone) {
        return switch (backing) {
            case HUGETLB, SHMEM_THP, SECRET -> true;
            case ANON_THP -> false;
            case SMALL -> zone.views().size() > 1;
        };
    }

    final Backing backing() {
        return backing;
    }

    /**
     * Commits a hole: gives it memory of this backing.
     *
     * @return null if the region is committed now, otherwise why not; then it is a hole as before
     */
    abstract @Nullable Refusal commit(int region);

    /** {@return the rung to try next if this one refused for a cause that the other may not have, or null} */
    @Nullable Rung alternative() {
        return null;
    }

    /** {@return whether neighbouring regions of this rung can be one VMA, as parts of one file or of none} */
    boolean joinsNeighbours() {
        return true;
    }

    /**
     * Makes a committed region a hole and gives its memory back.
     *
     * @return whether that was done; if not, the region is committed as before
     */
    abstract boolean release(int region);

    /**
     * Makes a region a hole whose commit or release an Error cut short, whether or not this rung was at work, and gives
     * its memory back.
     */
    void forget(int region) {
        zone.views().forEach(view -> view.unmap(region));
    }

    /**
     * Asks the kernel for the pages of a range of a committed region; does nothing if the commit did so.
     *
     * @return null if they are there now, otherwise why not
     */
    @Nullable Refusal populate(long offset, long byteSize) {
        return null;
    }

    /**
     * {@return the advice of madvise(2) that gives pages of a committed region back and leaves them mapped, or
     * MADV_NORMAL if there is none}
     */
    int discardAdvice() {
        return Linux.MADV_NORMAL;
    }

    /** Overwrites a range of a committed region with zeros, without populating pages. */
    void clear(long offset, long byteSize) {
        zone.clear(offset, byteSize);
    }

    /** {@return bytes of pages that the kernel's own map of memory lacks} */
    long hiddenByteSize() {
        return 0;
    }

    /** Gives back what the rung holds besides regions. */
    abstract void close();

    final Refusal refusal(String call, long result, String remedy) {
        return new Refusal(backing.label(), call, Errno.describe(result), remedy);
    }
}
