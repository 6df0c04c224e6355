package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A run cut into smaller blocks: a slab or a packed run. This object holds its bookkeeping and is reused for another
 * run when this one is given back, so that churn creates no garbage.
 *
 * <p>One {@link SlabOwner} at a time reads and writes everything here, with one exception: any thread may mark a block
 * as freed remotely ({@link RemoteMarks}). Offsets are relative to the run's first byte; a block's position is its
 * number among the slots or granules.
 *
 * <p>The first words of {@link #books} hold two bits per position, 32 positions per word. A bit of the lower half is
 * set where a block starts, live or parked. The bit of the upper half means that an object holds the block, if one
 * starts there, and otherwise that a block continues there. After these words comes one parked bit per mark, then the
 * marks.
 */
abstract sealed class CutRun extends RemoteMarks permits Slab, PackedRun {
    /** Positions per word: start bits in its low half, second bits in its high half. */
    static final int LOG2_POSITIONS_PER_WORD = 5;

    static final int POSITIONS_PER_WORD = 1 << LOG2_POSITIONS_PER_WORD;
    static final long START_BITS = (1L << POSITIONS_PER_WORD) - 1;

    /** Whether this is a packed run; a field, because a branch on the type would be unpredictable. */
    final boolean isPacked;

    /** The run's number in the store, and the value of its pages' descriptor words. */
    final int number;

    /** Changes only under the lock of the owner that gives it away, or after that owner's thread has ended. */
    volatile SlabOwner owner;

    /** Offset in the span of the first byte, and the size in bytes; 0 if there is no run. */
    private long firstByte;

    private int byteSize;

    /**
     * Changes with each run that this object begins or ends, so that a thread can tell that it checked another one.
     */
    private volatile int generation;

    /** Links of the one list that holds this run: a bin, or the spare runs. */
    @Nullable CutRun next;

    @Nullable CutRun previous;

    /** Bytes of a slot or a granule. */
    final int positionByteSize;

    /** {@code ceil(2^32 / positionByteSize)}: offsets are below 2^16, so a multiplication divides exactly. */
    private final long reciprocal;

    final int positionCount;

    /** How {@link Magazines} name the run's first position, or -1 if they cannot. Only tests change it later. */
    int firstRound;

    CutRun(int number, SlabOwner owner, int positionCount, int positionByteSize, int log2PositionsPerMark) {
        super(positionCount, log2PositionsPerMark);
        this.isPacked = this instanceof PackedRun;
        this.number = number;
        this.firstRound = Magazines.firstRound(number);
        this.owner = owner;
        this.positionCount = positionCount;
        this.positionByteSize = positionByteSize;
        this.reciprocal = ((1L << 32) + positionByteSize - 1) / positionByteSize;
    }

    /** {@return words of {@link #books} for a number of positions} */
    static int wordCount(int positionCount) {
        return (positionCount + POSITIONS_PER_WORD - 1) >> LOG2_POSITIONS_PER_WORD;
    }

    /** {@return words of {@link #books} for positions; the parked bits follow} */
    final int wordCount() {
        return wordCount(positionCount);
    }

    /** Begins a run whose pages are all free. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the thread that opens a run writes it
    final void open(int newFirstPage, int newPageCount) {
        assert isVacant() : "number " + number + " still holds blocks";
        // A thread that sees the new generation also sees the new place. A thread that found a block in an earlier run
        // cannot mark one of this run.
        firstByte = Pages.offsetOf(newFirstPage);
        generation++;
        beginMarks(generation);
        byteSize = (int) Pages.offsetOf(newPageCount);
    }

    /**
     * Ends the run: it covers no page any more. From now on any owner may open the next one, so a thread that holds the
     * last owner's lock must see that this run has ended.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the thread that closes a run writes it
    final void close() {
        assert isVacant() : "number " + number + " still holds blocks";
        byteSize = 0;
        generation++;
    }

    /**
     * {@return whether this run is open and belongs to an owner; it stays so, because only its owner closes it or gives
     * it away}
     */
    @SuppressWarnings("ReferenceEquality")
    final boolean isOpenIn(SlabOwner candidate) {
        if (owner != candidate || byteSize == 0) {
            return false;
        }
        // The run may have been closed; its next owner is set before it has pages.
        VarHandle.loadLoadFence();
        return owner == candidate;
    }

    final int generation() {
        return generation;
    }

    final int firstPage() {
        return Pages.indexOf(firstByte);
    }

    final int pageCount() {
        return Pages.indexOf(byteSize);
    }

    /** {@return the pages that this object always has when it is open} */
    abstract int fixedPageCount();

    /**
     * Frees the parked blocks and counts anew what is free, after an Error cut a change short. Pre: this run is open,
     * and no magazine holds one of its blocks.
     */
    abstract void rebuild(RunSpace space);

    /** {@return the offset of the run from the start of the span} */
    final long firstByte() {
        return firstByte;
    }

    /** {@return whether an offset in the span lies in this run now; its page's descriptor word may be stale} */
    final boolean covers(long offset) {
        return Long.compareUnsigned(offset - firstByte, byteSize) < 0;
    }

    /** {@return the position of the live block of a mark, or -1 if no live block starts there} */
    final int livePositionOf(int mark) {
        int first = mark << log2PositionsPerMark;
        int end = (mark + 1) << log2PositionsPerMark;
        for (int position = first; position < end; position++) {
            if (isLive(position)) {
                return position;
            }
        }
        return -1;
    }

    /**
     * {@return the position of the live block that starts at an offset and is held this way, or the {@link
     * FreeResult#code} of the reason why there is none}
     */
    final int find(int offset, Holder holder) {
        int position = positionAt(offset);
        if (position >= positionCount) {
            return FreeResult.NOT_LIVE.code;
        }
        long word = books[position >> LOG2_POSITIONS_PER_WORD] >>> (position & (POSITIONS_PER_WORD - 1));
        boolean isExact = position * positionByteSize == offset;
        if ((word & 1) == 0 || !isExact || isParked(position) || (mayBeMarked() && isMarkedRemote(position))) {
            return refusal(offset).code;
        }
        boolean isHeldByObject = (word >>> POSITIONS_PER_WORD & 1) != 0;
        return isHeldByObject == (holder == Holder.OBJECT) ? position : FreeResult.HELD_OTHERWISE.code;
    }

    private FreeResult refusal(int offset) {
        int position = positionOf(offset);
        boolean isFree = position < 0 || isMarkedRemote(position);
        return isFree ? FreeResult.NOT_LIVE : FreeResult.INTERIOR;
    }

    /** {@return the slot or granule that contains any offset} */
    final int positionAt(int offset) {
        return (int) ((offset * reciprocal) >>> 32);
    }

    /** Parks a live block: ends its use without freeing its place. */
    final void park(int position) {
        assert isLive(position) : "position=" + position;
        int mark = position >> log2PositionsPerMark;
        books[wordCount() + (mark >> 6)] |= 1L << mark;
    }

    /** Makes a parked block live again. */
    final void unpark(int position, Holder holder) {
        assert isStart(position) && isParked(position) : "position=" + position;
        dropLateMark(position);
        int index = position >> LOG2_POSITIONS_PER_WORD;
        long heldBit = startBit(position) << POSITIONS_PER_WORD;
        int mark = position >> log2PositionsPerMark;
        int parkedWord = wordCount() + (mark >> 6);
        // No call from here on: an Error would lose the block.
        if (((books[index] & heldBit) != 0) != (holder == Holder.OBJECT)) {
            books[index] ^= heldBit;
        }
        books[parkedWord] &= ~(1L << mark);
    }

    /**
     * Clears the parked bit. When a place is freed, its start bit is cleared first: a thread that reads the two in the
     * other order sees the block as free in one of them.
     */
    final void clearParked(int position) {
        int mark = position >> log2PositionsPerMark;
        books[wordCount() + (mark >> 6)] &= ~(1L << mark);
    }

    static long startBit(int position) {
        return 1L << (position & (POSITIONS_PER_WORD - 1));
    }

    /** {@return whether a block starts at a position, live or parked} */
    final boolean isStart(int position) {
        return (books[position >> LOG2_POSITIONS_PER_WORD] & startBit(position)) != 0;
    }

    /** {@return whether the block that starts at a position is parked} */
    final boolean isParked(int position) {
        int mark = position >> log2PositionsPerMark;
        return (books[wordCount() + (mark >> 6)] >>> mark & 1) != 0;
    }

    /** {@return whether a block starts at a position and is live, marked or not} */
    final boolean isLive(int position) {
        return isStart(position) && !isParked(position);
    }

    /** {@return how the block that starts at a position is held} */
    final Holder holder(int position) {
        long word = books[position >> LOG2_POSITIONS_PER_WORD];
        return (word >>> POSITIONS_PER_WORD & startBit(position)) == 0 ? Holder.ADDRESS : Holder.OBJECT;
    }

    /** {@return the first byte of the block at a position} */
    final int startAt(int position) {
        return position * positionByteSize;
    }

    /** {@return blocks that are parked} */
    final int parkedBlockCount() {
        int count = 0;
        for (int word = wordCount(); word < firstMarkWord; word++) {
            count += Long.bitCount(books[word]);
        }
        return count;
    }

    /** {@return live blocks, marked or not} */
    final int liveBlockCount() {
        int count = 0;
        for (int word = 0; word < wordCount(); word++) {
            count += Long.bitCount(books[word] & START_BITS);
        }
        return count - parkedBlockCount();
    }

    /** {@return whether the whole run is free} */
    abstract boolean isVacant();

    /** {@return the position of the live block, marked or not, that contains any {@code offset}; or -1} */
    abstract int positionOf(int offset);

    /** {@return the usable bytes of the block at a position} */
    final int usableByteSize(int position) {
        return (endOf(position) - position) * positionByteSize;
    }

    /** {@return the position after the block that starts at {@code first}} */
    final int endOf(int first) {
        long mask = START_BITS << ((first + 1) & (POSITIONS_PER_WORD - 1)) & START_BITS;
        for (int word = (first + 1) >> LOG2_POSITIONS_PER_WORD; word < wordCount(); word++) {
            long bits = books[word];
            long boundary = (bits | ~(bits >>> POSITIONS_PER_WORD)) & mask;
            if (boundary != 0) {
                return (word << LOG2_POSITIONS_PER_WORD) + Long.numberOfTrailingZeros(boundary);
            }
            mask = START_BITS;
        }
        return wordCount() << LOG2_POSITIONS_PER_WORD;
    }

    /** {@return whether a position is free; false before the first and after the last position} */
    final boolean isFree(int position) {
        if (position < 0 || position >= positionCount) {
            return false;
        }
        long word = books[position >> LOG2_POSITIONS_PER_WORD];
        return ((word | word >>> POSITIONS_PER_WORD) & startBit(position)) == 0;
    }

    abstract int freeByteSize();

    abstract long metadataByteSize();

    abstract void checkInvariants();

    /** {@return bytes of bookkeeping of this class in the Java heap} */
    final long commonMetadataByteSize() {
        return 88 + 16 + 8L * books.length;
    }
}
