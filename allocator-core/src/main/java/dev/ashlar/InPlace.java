package dev.ashlar;

import dev.ashlar.memory.Backing;
import dev.ashlar.region.Ledger;
import dev.ashlar.region.Permissions;
import dev.ashlar.region.Region;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import dev.ashlar.stubs.Errno;
import java.lang.foreign.MemorySegment;

/**
 * What the write path IN_PLACE adds to a space: blocks have pages of their own, can be written until they are published,
 * and are published by a change of permission. Pages are handed out upwards, so that a region has published pages below
 * and writable ones above, with one joint between them. Thread-safe: all under the space's lock.
 */
final class InPlace {
    static final int LOG2_PAGE_BYTE_SIZE = 12;

    private final HeapSpace space;
    private final Permissions permissions;
    private final Ledger ledger;

    InPlace(HeapSpace space) {
        this.space = space;
        this.permissions = space.regions.permissions();
        this.ledger = space.regions.ledger();
    }

    /** Takes a block with pages of its own, all writable. @return its offset, or -1 where there is no room */
    long take(long byteSize, int log2Alignment, Holder holder) {
        space.lock.lock();
        try {
            long offset = space.blocks.allocate(byteSize, Math.max(log2Alignment, LOG2_PAGE_BYTE_SIZE), holder);
            return offset < 0 || prepare(offset, holder) ? offset : -1;
        } finally {
            space.lock.unlock();
        }
    }

    /** Takes all the room from a place on, up to the end of its region. @return its offset, or -1 */
    long takeStretch(long byteSize, int log2Alignment) {
        space.lock.lock();
        try {
            long offset = space.blocks.allocateStretch(byteSize, Math.max(log2Alignment, log2Granule()));
            return offset < 0 || prepare(offset, Holder.OBJECT) ? offset : -1;
        } finally {
            space.lock.unlock();
        }
    }

    /** {@return log2 of the bytes of which a published range must be a multiple} */
    int log2Granule() {
        boolean hugetlb = space.regions.committedByBacking().containsKey(Backing.HUGETLB);
        return Long.numberOfTrailingZeros(Permissions.granuleByteSize(hugetlb ? Backing.HUGETLB : Backing.SMALL));
    }

    /**
     * Sees to it that a block just taken can be written. Where it cannot, its region had become empty before: all of it
     * is made writable by one call.
     */
    private boolean prepare(long offset, Holder holder) {
        long end = offset + space.blocks.usableByteSize(offset);
        for (long at = offset; at < end; at = (at & -Region.BYTE_SIZE) + Region.BYTE_SIZE) {
            int region = (int) (at / Region.BYTE_SIZE);
            if (ledger.isStale(region) && permissions.reopen(region) < 0) {
                space.blocks.free(offset, holder);
                return false;
            }
        }
        return true;
    }

    /** Publishes a block whose pages are its own. */
    void publish(long offset) {
        space.lock.lock();
        try {
            ledger.asked(1);
            long byteSize = space.blocks.usableByteSize(offset);
            int result = ledger.isOpen(offset, byteSize) ? permissions.publish(offset, byteSize) : 0;
            if (result < 0) {
                throw WritePathException.publishFailed(byteSize, Errno.describe(result));
            }
        } finally {
            space.lock.unlock();
        }
    }

    /** Publishes what lies side by side, by one call. @return 0 or {@code -errno} Pre: the lock is held. */
    int publish(long offset, long byteSize) {
        return permissions.publish(offset, byteSize);
    }

    /** Notes that so many pieces are to be published. */
    void asked(int count) {
        space.lock.lock();
        try {
            ledger.asked(count);
        } finally {
            space.lock.unlock();
        }
    }

    /** Gives the end of a stretch back. */
    void shrink(long offset, long byteSize) {
        FreeResult result = space.blocks.shrink(offset, byteSize, Holder.OBJECT);
        assert result == FreeResult.DONE : result + " offset=" + offset;
    }

    void write(String action, long offset, MemorySegment source, long sourceOffset, long byteSize) {
        space.lock.lock();
        try {
            space.requireOpen();
            if (!ledger.isOpen(offset, byteSize)) {
                // A write to a page that is not writable would end the JVM.
                throw HeapErrors.publishedInPlace(action);
            }
            space.zone.write(offset, source, sourceOffset, byteSize);
        } finally {
            space.lock.unlock();
        }
    }

    /** {@return whether a range can be written at its own address now} */
    boolean isOpen(long offset, long byteSize) {
        space.lock.lock();
        try {
            return ledger.isOpen(offset, byteSize);
        } finally {
            space.lock.unlock();
        }
    }

    /**
     * Fills what is freed with traps where it can be written; where it was published nothing is handed out before its
     * region is made writable again and filled from end to end.
     */
    void fillWithTraps(long offset, long byteSize) {
        if (ledger.isOpen(offset, byteSize)) {
            space.zone.fillWithTraps(offset, byteSize);
        } else {
            ledger.asked(1);
        }
    }

    /**
     * Makes full and idle regions that are split huge again. A region is idle where nobody holds writable memory in it;
     * what is free in it is published with the rest and handed out again when the region is empty.
     *
     * @return regions that are huge again
     */
    int heal() {
        int[] healed = {0};
        ledger.splitRegions().stream().forEach(region -> {
            space.lock.lock();
            try {
                space.requireOpen();
                healed[0] += heal(region) ? 1 : 0;
            } finally {
                space.lock.unlock();
            }
        });
        return healed[0];
    }

    private boolean heal(int region) {
        if (!ledger.isSplit(region)) {
            return false;
        }
        if (!permissions.canHeal(region)) {
            fillUp(region);
        }
        return permissions.canHeal(region) && permissions.heal(region);
    }

    /** Publishes the free pages of a region where they are all that is writable in it. */
    private void fillUp(int region) {
        long stretch = space.blocks.runs().takeStretch(region);
        if (stretch == 0) {
            return;
        }
        int firstPage = (int) stretch;
        int pageCount = (int) (stretch >>> Integer.SIZE);
        if (pageCount + ledger.publishedPageCount(region) == BlockStore.PAGES_PER_REGION) {
            permissions.publish((long) firstPage << LOG2_PAGE_BYTE_SIZE, (long) pageCount << LOG2_PAGE_BYTE_SIZE);
        }
        // Back, to be kept until the region is empty; at once where they could not be published.
        space.blocks.runs().free(firstPage, pageCount);
    }
}
