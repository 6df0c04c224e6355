package dev.ashlar.heap;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Ledger;
import dev.ashlar.region.Pages;
import dev.ashlar.region.Permissions;
import dev.ashlar.region.Region;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Memory that is written where it will run, and published by a change of permission (write path IN_PLACE). Each block
 * has pages of its own. Pages are handed out upwards, so that a region has published pages below and writable ones
 * above, with one joint between them.
 *
 * <p>Everything here happens under the zone's lock.
 */
final class InPlace extends Publishing {
    private final Permissions permissions;
    private final Ledger ledger;
    private final int log2Granule;

    InPlace(OpenZone open, List<Backing> ladder) {
        super(open);
        this.log2Granule = ladder.stream()
                .mapToInt(backing -> Long.numberOfTrailingZeros(Permissions.granuleByteSize(backing)))
                .max()
                .orElseThrow();
        this.permissions = open.regions.permissions();
        this.ledger = open.regions.ledger();
    }

    @Override
    boolean isStaged() {
        return true;
    }

    /** {@inheritDoc} The block has pages of its own, all writable. */
    @Override
    long take(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        synchronized (open.lock) {
            open.requireOpen();
            if (!servesBlocks()) {
                throw WritePathException.blocksOnHugetlb();
            }
            long offset = open.blocks.allocateRun(
                    byteSize, Math.max(log2Alignment, Pages.LOG2_BYTE_SIZE), temperature, holder);
            try {
                makeWritable(offset);
                return offset;
            } catch (Throwable e) {
                undo(offset, holder);
                throw e;
            }
        }
    }

    /** {@return whether a block can be published alone: pages of hugetlb change their permission as a whole} */
    boolean servesBlocks() {
        return log2Granule <= Pages.LOG2_BYTE_SIZE;
    }

    /**
     * Takes the free pages from some page up to the end of its region.
     *
     * @return their offset, or -1 if there is no room
     */
    long takeStretch(long byteSize, int log2Alignment) {
        synchronized (open.lock) {
            open.requireOpen();
            long offset = open.blocks.allocateStretch(byteSize, Math.max(log2Alignment, log2Granule));
            try {
                makeWritable(offset);
                return offset;
            } catch (Throwable e) {
                undo(offset, Holder.OBJECT);
                throw e;
            }
        }
    }

    /** {@return log2 of the bytes of which a published range must be a multiple} */
    int log2Granule() {
        return log2Granule;
    }

    /**
     * Makes a block that was just taken writable. If it is not, its region had become empty before: one call makes all
     * of it writable.
     *
     * @param offset the block's offset, or -1 if there was no room
     */
    private void makeWritable(long offset) {
        long byteSize = offset < 0 ? 0 : open.blocks.usableByteSize(offset);
        long end = offset + byteSize;
        for (long at = offset; at < end; at = Region.endOfPart(at, end)) {
            int region = Region.indexOf(at);
            int result = ledger.isStale(region) ? permissions.reopen(region) : 0;
            if (result < 0) {
                throw open.exhausted(byteSize, List.of(permissions.notReopened(result)));
            }
        }
    }

    private void undo(long offset, Holder holder) {
        try {
            if (offset >= 0 && open.isOpen()) {
                open.blocks.free(offset, holder);
            }
        } catch (Throwable e) {
            open.health.end = e;
        }
    }

    @Override
    void write(String action, long offset, MemorySegment source, long sourceOffset, long byteSize) {
        synchronized (open.lock) {
            open.requireOpen();
            requireUnpublished(action, offset, byteSize);
            open.zone.write(offset, source, sourceOffset, byteSize);
        }
    }

    @Override
    void requireAddressToWrite(String action, long offset) {
        synchronized (open.lock) {
            requireUnpublished(action, offset, 1);
        }
    }

    /** A write to a page that is not writable would end the JVM. */
    private void requireUnpublished(String action, long offset, long byteSize) {
        if (!ledger.isOpen(offset, byteSize)) {
            throw BlockStateException.publishedInPlace(action, open.heapName, open.zone.base() + offset);
        }
    }

    @Override
    void publish(long offset) {
        synchronized (open.lock) {
            // After a close these addresses may belong to other memory.
            open.requireOpen();
            ledger.asked(1);
            long byteSize = open.blocks.usableByteSize(offset);
            if (ledger.isOpen(offset, byteSize)) {
                publishRange(offset, byteSize);
            }
        }
    }

    /** In one step: if the block were freed in between, pages that another caller writes would be published. */
    @Override
    void publishAt(Space space, long address) {
        synchronized (open.lock) {
            super.publishAt(space, address);
        }
    }

    /** Publishes adjacent blocks by one call. */
    void publishAdjacent(long offset, long byteSize) {
        synchronized (open.lock) {
            publishRange(offset, byteSize);
        }
    }

    private void publishRange(long offset, long byteSize) {
        int result;
        try {
            result = permissions.publish(offset, byteSize);
        } catch (Error e) {
            // The ledger may not know that the pages cannot be written any more.
            open.health.end = e;
            throw e;
        }
        if (result < 0) {
            throw WritePathException.publishFailed(byteSize, result, open.zone.refusedPaths());
        }
        try {
            // The regions between the first and the last are published as a whole.
            if (ledger.isSplit(Region.indexOf(offset)) || ledger.isSplit(Region.indexOf(offset + byteSize - 1))) {
                healing.wake();
            }
        } catch (StackOverflowError | OutOfMemoryError e) {
            // The pages are published all the same. The next publish wakes the healer.
        }
    }

    /** Records that {@code count} pieces are to be published. */
    void asked(int count) {
        synchronized (open.lock) {
            ledger.asked(count);
        }
    }

    /** Gives back the end of a stretch, in which nothing was written. */
    void giveBackRest(long offset, long byteSize) {
        FreeResult result = open.blocks.shrinkUntouched(offset, byteSize, Holder.OBJECT);
        assert result == FreeResult.DONE : result + " offset=" + offset;
    }
}
