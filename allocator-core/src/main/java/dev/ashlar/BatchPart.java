package dev.ashlar;

import dev.ashlar.report.WritePathException;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.stubs.Errno;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * The sections of a {@link CodeBatch} in one domain: stretches of whole pages that nobody else writes, filled one
 * behind the other. One thread.
 */
final class BatchPart {
    private final HeapSpace space;
    private final InPlace inPlace;
    private final List<Stretch> stretches = new ArrayList<>();
    private int sectionCount;

    BatchPart(HeapSpace space) {
        this.space = space;
        this.inPlace = Objects.requireNonNull(space.inPlace);
    }

    private static final class Stretch {
        final long offset;
        final long end;
        long next;

        Stretch(long offset, long byteSize) {
            this.offset = offset;
            this.end = offset + byteSize;
            this.next = offset;
        }

        /** {@return where a section can start, or -1 where it does not fit} */
        long place(long byteSize, long byteAlignment) {
            long start = (next + byteAlignment - 1) & -byteAlignment;
            return byteSize <= end - start ? start : -1;
        }
    }

    /** Takes a section. @return its offset */
    long take(long byteSize, long byteAlignment) {
        long alignment = Math.max(byteAlignment, BlockStore.MINIMUM_ALIGNMENT);
        // The latest first: the others are nearly full.
        for (Stretch stretch : stretches.reversed()) {
            long start = stretch.place(byteSize, alignment);
            if (start >= 0) {
                return take(stretch, start, byteSize);
            }
        }
        long offset = inPlace.takeStretch(byteSize, Long.numberOfTrailingZeros(alignment));
        if (offset < 0) {
            throw space.exhausted(byteSize);
        }
        Stretch stretch = new Stretch(offset, space.blocks.usableByteSize(offset));
        stretches.add(stretch);
        return take(stretch, offset, byteSize);
    }

    private long take(Stretch stretch, long start, long byteSize) {
        stretch.next = start + byteSize;
        sectionCount++;
        return start;
    }

    /** Publishes what was taken, with one call for each row of pages, and gives the rest back. */
    void publish() {
        long granule = 1L << inPlace.log2Granule();
        inPlace.asked(sectionCount);
        giveBackRests();
        stretches.sort(Comparator.comparingLong(stretch -> stretch.offset));
        for (int first = 0; first < stretches.size();) {
            long start = stretches.get(first).offset;
            long end = start;
            while (first < stretches.size() && stretches.get(first).offset == end) {
                end = roundedUp(stretches.get(first), granule);
                first++;
            }
            publish(start, end - start);
        }
    }

    private void giveBackRests() {
        long granule = 1L << inPlace.log2Granule();
        for (Stretch stretch : stretches) {
            inPlace.giveBackRest(stretch.offset, roundedUp(stretch, granule) - stretch.offset);
        }
    }

    private static long roundedUp(Stretch stretch, long granule) {
        return (stretch.next + granule - 1) & -granule;
    }

    private void publish(long offset, long byteSize) {
        space.lock.lock();
        try {
            int result = inPlace.publish(offset, byteSize);
            if (result < 0) {
                throw WritePathException.publishFailed(byteSize, Errno.describe(result));
            }
        } finally {
            space.lock.unlock();
        }
    }

    void addBlocks(List<PublishedBatch.Block> blocks) {
        stretches.forEach(stretch -> blocks.add(new PublishedBatch.Block(space, stretch.offset)));
    }

    /** Gives everything back. */
    void free() {
        // First what was never written, and so is as it should be.
        giveBackRests();
        stretches.forEach(stretch -> new PublishedBatch.Block(space, stretch.offset).free());
    }
}
