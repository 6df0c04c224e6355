package dev.ashlar.slab;

/**
 * A run cut into equal slots. Two bits a slot, off the page: live, and a second one that says of a live slot that an
 * object holds it, and of any other that it is parked.
 *
 * <p>Slots are handed out in rotation from a cursor, not last in first out: rewriting an address that was just executed
 * costs the caller about 50 ns on x86-64 (self-modifying-code machinery), so a freed slot is the last to be used again.
 */
final class Slab extends CutRun {
    private static final int LOG2_PAGE_BYTE_SIZE = 12;

    /** Slots in a word: live bits in its low half, second bits in its high half. */
    private static final int LOG2_SLOTS_PER_WORD = 5;

    private static final int SLOTS_PER_WORD = 1 << LOG2_SLOTS_PER_WORD;
    private static final long LIVE_BITS = (1L << SLOTS_PER_WORD) - 1;

    private final int sizeClass;
    private final int slotByteSize;
    private final int slotCount;
    /** {@code ceil(2^32 / slotByteSize)}: offsets are below 2^16, so a multiplication divides exactly. */
    private final long reciprocal;

    private final long[] slots;
    private int freeCount;
    private int cursor;

    Slab(int number, SlabOwner owner, int sizeClass, int pageCount) {
        super(number, owner, slotCount(sizeClass, pageCount), 0);
        this.sizeClass = sizeClass;
        this.slotByteSize = SizeClasses.slotByteSize(sizeClass);
        this.slotCount = slotCount(sizeClass, pageCount);
        this.reciprocal = ((1L << 32) + slotByteSize - 1) / slotByteSize;
        this.slots = new long[(slotCount + SLOTS_PER_WORD - 1) / SLOTS_PER_WORD];
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

    /** {@return the pages of a slab of this class where there are many: four times as many, up to 16} */
    static int largePageCountFor(int sizeClass) {
        return Math.min(16, 4 * pageCountFor(sizeClass));
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
        slots[slot >> LOG2_SLOTS_PER_WORD] |= holder == Holder.OBJECT ? bothBits(slot) : liveBit(slot);
        return slot * slotByteSize;
    }

    private static long liveBit(int slot) {
        return 1L << (slot & (SLOTS_PER_WORD - 1));
    }

    private static long bothBits(int slot) {
        return liveBit(slot) << SLOTS_PER_WORD | liveBit(slot);
    }

    @Override
    int find(int offset, Holder holder) {
        int slot = slotAt(offset);
        if (slot >= slotCount) {
            return FreeResult.NOT_LIVE.code;
        }
        long word = slots[slot >> LOG2_SLOTS_PER_WORD];
        if ((word & liveBit(slot)) == 0 || (mayBeMarked() && isMarkedRemote(slot))) {
            return FreeResult.NOT_LIVE.code;
        }
        if (slot * slotByteSize != offset) {
            return FreeResult.INTERIOR.code;
        }
        boolean isHeldByObject = (word >>> SLOTS_PER_WORD & liveBit(slot)) != 0;
        return isHeldByObject == (holder == Holder.OBJECT) ? slot : FreeResult.HELD_OTHERWISE.code;
    }

    @Override
    void park(int slot) {
        assert isLive(slot) : "slot=" + slot;
        int index = slot >> LOG2_SLOTS_PER_WORD;
        slots[index] = (slots[index] | bothBits(slot)) & ~liveBit(slot);
    }

    /** Puts a parked slot to use again. @return its offset in the run */
    int unpark(int slot, Holder holder) {
        dropLateMark(slot);
        int index = slot >> LOG2_SLOTS_PER_WORD;
        long word = slots[index];
        assert (word & bothBits(slot)) == liveBit(slot) << SLOTS_PER_WORD : "slot=" + slot;
        slots[index] = word ^ (holder == Holder.OBJECT ? liveBit(slot) : bothBits(slot));
        return slot * slotByteSize;
    }

    private static long takenBits(long word) {
        return (word | word >>> SLOTS_PER_WORD) & LIVE_BITS;
    }

    private int nextFree(int from) {
        int index = from >> LOG2_SLOTS_PER_WORD;
        if (index >= slots.length) {
            return -1;
        }
        long free = ~takenBits(slots[index]) & LIVE_BITS & -liveBit(from);
        while (free == 0) {
            if (++index == slots.length) {
                return -1;
            }
            free = ~takenBits(slots[index]) & LIVE_BITS;
        }
        int slot = (index << LOG2_SLOTS_PER_WORD) + Long.numberOfTrailingZeros(free);
        return slot < slotCount ? slot : -1;
    }

    /** Makes a slot free. Pre: it is live or parked, and erased. */
    void free(int slot) {
        assert (slots[slot >> LOG2_SLOTS_PER_WORD] & bothBits(slot)) != 0 : "slot=" + slot;
        slots[slot >> LOG2_SLOTS_PER_WORD] &= ~bothBits(slot);
        freeCount++;
    }

    @Override
    boolean isVacant() {
        return freeCount == slotCount;
    }

    private int slotAt(int offset) {
        return (int) ((offset * reciprocal) >>> 32);
    }

    @Override
    int positionOf(int offset) {
        int slot = slotAt(offset);
        return slot >= 0 && slot < slotCount && isLive(slot) ? slot : -1;
    }

    @Override
    int startAt(int slot) {
        return slot * slotByteSize;
    }

    @Override
    boolean isLive(int slot) {
        return (slots[slot >> LOG2_SLOTS_PER_WORD] & liveBit(slot)) != 0;
    }

    @Override
    int usableByteSize(int slot) {
        return slotByteSize;
    }

    @Override
    Holder holder(int slot) {
        long word = slots[slot >> LOG2_SLOTS_PER_WORD];
        return (word >>> SLOTS_PER_WORD & liveBit(slot)) == 0 ? Holder.ADDRESS : Holder.OBJECT;
    }

    @Override
    int freeByteSize() {
        return (slotCount - liveBlockCount()) * slotByteSize;
    }

    @Override
    int liveBlockCount() {
        int count = 0;
        for (long word : slots) {
            count += Long.bitCount(word & LIVE_BITS);
        }
        return count;
    }

    @Override
    long metadataByteSize() {
        return commonMetadataByteSize() + 40 + 16 + 8L * slots.length;
    }

    @Override
    void checkInvariants() {
        int taken = 0;
        for (long word : slots) {
            taken += Long.bitCount(takenBits(word));
        }
        if (taken + freeCount != slotCount) {
            throw new IllegalStateException(
                    "slab " + number + ": taken=" + taken + " free=" + freeCount + " slots=" + slotCount);
        }
    }
}
