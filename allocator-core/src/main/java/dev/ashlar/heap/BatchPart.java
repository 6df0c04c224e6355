package dev.ashlar.heap;

import dev.ashlar.slab.BlockStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The sections of a batch in one domain, on write path IN_PLACE: stretches of whole pages that no other caller writes,
 * filled one section after the other. For one thread.
 */
public final class BatchPart {
    private final Space space;
    private final InPlace inPlace;
    private final List<Stretch> stretches = new ArrayList<>();
    private int sectionCount;
    /** Stretches whose rests were given back, and which were freed. */
    private int restCount;

    private int freedCount;

    /** Makes an empty part. Pre: the space is published in place. */
    public BatchPart(Space space) {
        this.space = space;
        this.inPlace = (InPlace) space.publishing();
    }

    private static final class Stretch {
        final Piece piece;
        long end;
        long next;

        Stretch(Space space) {
            piece = new Piece(space);
        }

        void begin() {
            next = piece.offset();
            end = next + piece.usableByteSize();
        }

        /** {@return where a section can start, or -1 if it does not fit} */
        long place(long byteSize, long byteAlignment) {
            long start = (next + byteAlignment - 1) & -byteAlignment;
            return byteSize <= end - start ? start : -1;
        }

        /** {@return where the used pages end; none is used if an Error came before {@link #begin}} */
        long usedEnd(long granule) {
            return end == 0 ? piece.offset() : (next + granule - 1) & -granule;
        }
    }

    /**
     * Takes a section.
     *
     * @return its offset
     */
    public long take(long byteSize, long byteAlignment) {
        long alignment = Math.max(byteAlignment, BlockStore.MINIMUM_ALIGNMENT);
        // The latest first: the others are nearly full.
        for (Stretch stretch : stretches.reversed()) {
            long start = stretch.place(byteSize, alignment);
            if (start >= 0) {
                return take(stretch, start, byteSize);
            }
        }
        Stretch stretch = new Stretch(space);
        // First, so that no Error can lose its pages.
        stretches.add(stretch);
        Collection.Request request = space.requestToCollector();
        while (!stretch.piece.takeStretch(inPlace, byteSize, Long.numberOfTrailingZeros(alignment))) {
            if (!request.awaitNext()) {
                throw space.exhausted(byteSize);
            }
        }
        stretch.begin();
        return take(stretch, stretch.next, byteSize);
    }

    private long take(Stretch stretch, long start, long byteSize) {
        stretch.next = start + byteSize;
        sectionCount++;
        return start;
    }

    /** Publishes all sections, with one call for each row of adjacent pages, and gives the rest back. */
    public void publish() {
        long granule = 1L << inPlace.log2Granule();
        inPlace.asked(sectionCount);
        giveBackRests();
        stretches.removeIf(stretch -> !stretch.piece.isTaken());
        stretches.sort(Comparator.comparingLong(stretch -> stretch.piece.offset()));
        for (int first = 0; first < stretches.size();) {
            long start = stretches.get(first).piece.offset();
            long end = start;
            while (first < stretches.size() && stretches.get(first).piece.offset() == end) {
                end = stretches.get(first).usedEnd(granule);
                first++;
            }
            if (end > start) {
                inPlace.publishAdjacent(start, end - start);
            }
        }
    }

    /** If an Error cuts this short, the next call goes on. */
    private void giveBackRests() {
        long granule = 1L << inPlace.log2Granule();
        while (restCount < stretches.size()) {
            Stretch stretch = stretches.get(restCount);
            if (stretch.piece.isTaken()) {
                long start = stretch.piece.offset();
                long usedByteSize = stretch.usedEnd(granule) - start;
                if (usedByteSize > 0) {
                    giveBackRest(start, usedByteSize);
                }
            }
            restCount++;
        }
    }

    private void giveBackRest(long start, long usedByteSize) {
        inPlace.giveBackRest(start, usedByteSize);
        Observers observers = space.observers();
        if (observers != null) {
            try {
                observers.shrunk(space.base() + start, usedByteSize);
            } catch (Throwable unrecorded) {
                observers.isIncomplete = true;
            }
        }
    }

    /** {@return the blocks that hold the sections} */
    public List<Piece> pieces() {
        return stretches.stream().map(stretch -> stretch.piece).toList();
    }

    /** Gives everything back. If an Error cuts this short, the next call goes on. */
    public void free() {
        // First the rests: nothing was written there, so they need no traps.
        giveBackRests();
        while (freedCount < stretches.size()) {
            stretches.get(freedCount).piece.free();
            freedCount++;
        }
    }
}
