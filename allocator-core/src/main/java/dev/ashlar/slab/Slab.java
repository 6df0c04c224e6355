package dev.ashlar.slab;

import java.util.Arrays;

/**
 * A run cut into equal slots. Two bits a slot, off the page: live, and held by an object.
 *
 * <p>Slots are handed out in rotation from a cursor, not last in first out: rewriting an address that was just executed
 * costs the caller about 50 ns on x86-64 (self-modifying-code machinery), so a freed slot is the last to be used again.
 */
final class Slab extends CutRun {
    private static final int LOG2_PAGE_BYTE_SIZE = 12;

    private final int sizeClass;
    private final int slotByteSize;
    private final int slotCount;
    /** {@code ceil(2^32 / slotByteSize)}: offsets are below 2^16, so a multiplication divides exactly. */
    private final long reciprocal;

    private final long[] live;
    private final long[] heldByObject;
    private int freeCount;
    private int cursor;

    Slab(int number, SlabOwner owner, int sizeClass, int pageCount) {
        super(number, owner, slotCount(sizeClass, pageCount));
        this.sizeClass = sizeClass;
        this.slotByteSize = SizeClasses.slotByteSize(sizeClass);
        this.slotCount = slotCount(sizeClass, pageCount);
        this.reciprocal = ((1L << 32) + slotByteSize - 1) / slotByteSize;
        this.live = new long[(slotCount + Long.SIZE - 1) / Long.SIZE];
        this.heldByObject = new long[live.length];
        this.freeCount = slotCount;
        assert pageCount << LOG2_PAGE_BYTE_SIZE <= 1 << 16 : "pageCount=" + pageCount;
    }

    private static int slotCount(int sizeClass, int pageCount) {
        return (pageCount << LOG2_PAGE_BYTE_SIZE) / SizeClasses.slotByteSize(sizeClass);
    }

    /** {@return the pages of a slab of this class: the fewest, up to 16, that hold 8 slots and waste at most 1/32} */
    static int pageCountFor(int sizeClass) {
        int slot = SizeClasses.slotByteSize(sizeClass);
        for (int pages = 1; pages < 16; pages *= 2) {
            int bytes = pages << LOG2_PAGE_BYTE_SIZE;
            if (bytes / slot >= 8 && bytes % slot <= bytes / 32) {
                return pages;
            }
        }
        return 16;
    }

    int sizeClass() {
        return sizeClass;
    }

    int slotByteSize() {
        return slotByteSize;
    }

    int slotCount() {
        return slotCount;
    }

    int freeCount() {
        return freeCount;
    }

    boolean isFull() {
        return freeCount == 0;
    }

    /** Takes a slot. Pre: not full. @return its offset */
    int allocate(Holder holder) {
        assert freeCount > 0 : "full";
        int slot = nextFree(cursor);
        if (slot < 0) {
            slot = nextFree(0);
        }
        dropLateMark(slot);
        cursor = slot + 1;
        freeCount--;
        live[slot >> 6] |= 1L << slot;
        if (holder == Holder.OBJECT) {
            heldByObject[slot >> 6] |= 1L << slot;
        }
        return slot * slotByteSize;
    }

    private int nextFree(int from) {
        int word = from >> 6;
        if (word >= live.length) {
            return -1;
        }
        long free = ~live[word] & (-1L << from);
        while (free == 0) {
            if (++word == live.length) {
                return -1;
            }
            free = ~live[word];
        }
        int slot = (word << 6) + Long.numberOfTrailingZeros(free);
        return slot < slotCount ? slot : -1;
    }

    /** Marks a slot free. Pre: it is live and erased. */
    void free(int slot) {
        assert isLive(slot) : "slot=" + slot;
        live[slot >> 6] &= ~(1L << slot);
        heldByObject[slot >> 6] &= ~(1L << slot);
        freeCount++;
    }

    @Override
    boolean isVacant() {
        return freeCount == slotCount;
    }

    @Override
    int positionOf(int offset) {
        int slot = (int) ((offset * reciprocal) >>> 32);
        return slot >= 0 && slot < slotCount && isLive(slot) ? slot : -1;
    }

    @Override
    int startAt(int slot) {
        return slot * slotByteSize;
    }

    @Override
    boolean isLive(int slot) {
        return ((live[slot >> 6] >>> slot) & 1) != 0;
    }

    @Override
    int usableByteSize(int slot) {
        return slotByteSize;
    }

    @Override
    Holder holder(int slot) {
        return ((heldByObject[slot >> 6] >>> slot) & 1) == 0 ? Holder.ADDRESS : Holder.OBJECT;
    }

    @Override
    int freeByteSize() {
        return freeCount * slotByteSize;
    }

    @Override
    int liveBlockCount() {
        return slotCount - freeCount;
    }

    @Override
    long metadataByteSize() {
        return commonMetadataByteSize() + 40 + 2 * (16 + 8L * live.length);
    }

    @Override
    void checkInvariants() {
        int liveCount = Arrays.stream(live).mapToInt(Long::bitCount).sum();
        boolean holdersAreLive = true;
        for (int word = 0; word < live.length; word++) {
            holdersAreLive &= (heldByObject[word] & ~live[word]) == 0;
        }
        if (liveCount + freeCount != slotCount || !holdersAreLive) {
            throw new IllegalStateException("slab " + number + ": live=" + liveCount + " free=" + freeCount
                    + " slots=" + slotCount + " holdersAreLive=" + holdersAreLive);
        }
    }
}
