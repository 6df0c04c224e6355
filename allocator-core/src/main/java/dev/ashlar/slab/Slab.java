package dev.ashlar.slab;

import dev.ashlar.region.Pages;
import java.lang.invoke.VarHandle;

/**
 * A run cut into equal slots.
 *
 * <p>Slots are handed out in rotation from a cursor, not last in first out: on x86-64, rewriting an address that was
 * just executed costs about 50 ns (detection of self-modifying code), so a freed slot is the last to be reused.
 */
final class Slab extends CutRun {
    private final int sizeClass;
    private final int slotCount;
    int freeCount;
    private int cursor;

    Slab(int number, SlabOwner owner, int sizeClass, int pageCount) {
        super(number, owner, slotCount(sizeClass, pageCount), SizeClasses.slotByteSize(sizeClass), 0);
        this.sizeClass = sizeClass;
        this.slotCount = slotCount(sizeClass, pageCount);
        this.freeCount = slotCount;
        assert pageCount << Pages.LOG2_BYTE_SIZE <= 1 << 16 : "pageCount=" + pageCount;
    }

    private static int slotCount(int sizeClass, int pageCount) {
        return (pageCount << Pages.LOG2_BYTE_SIZE) / SizeClasses.slotByteSize(sizeClass);
    }

    /** {@return the pages of a slab of this class: the fewest, up to 16, that hold 8 slots and waste at most 1/32} */
    static int pageCountFor(int sizeClass) {
        int slot = SizeClasses.slotByteSize(sizeClass);
        for (int pages = 1; pages < 16; pages *= 2) {
            int bytes = pages << Pages.LOG2_BYTE_SIZE;
            if (bytes / slot >= 8 && bytes % slot <= bytes / 32) {
                return pages;
            }
        }
        return 16;
    }

    /** {@return the pages of a slab of a class that has many: four times as many, up to 16} */
    static int largePageCountFor(int sizeClass) {
        return Math.min(16, 4 * pageCountFor(sizeClass));
    }

    int sizeClass() {
        return sizeClass;
    }

    int slotByteSize() {
        return positionByteSize;
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

    /**
     * Takes a slot. Pre: not full.
     *
     * @return its number
     */
    int allocate(Holder holder) {
        assert freeCount > 0 : "full";
        int slot = nextFree(cursor);
        if (slot < 0) {
            slot = nextFree(0);
        }
        dropLateMark(slot);
        long taken = holder == Holder.OBJECT ? bothBits(slot) : startBit(slot);
        // No call from here on: an Error would leave the slot half taken.
        cursor = slot + 1;
        freeCount--;
        books[slot >> LOG2_POSITIONS_PER_WORD] |= taken;
        return slot;
    }

    private static long bothBits(int slot) {
        return startBit(slot) << POSITIONS_PER_WORD | startBit(slot);
    }

    private int nextFree(int from) {
        int index = from >> LOG2_POSITIONS_PER_WORD;
        if (index >= wordCount()) {
            return -1;
        }
        long free = ~books[index] & START_BITS & -startBit(from);
        while (free == 0) {
            if (++index == wordCount()) {
                return -1;
            }
            free = ~books[index] & START_BITS;
        }
        int slot = (index << LOG2_POSITIONS_PER_WORD) + Long.numberOfTrailingZeros(free);
        return slot < slotCount ? slot : -1;
    }

    /** Frees a slot. Pre: it is live or parked, and erased. */
    void free(int slot) {
        assert isStart(slot) : "slot=" + slot;
        books[slot >> LOG2_POSITIONS_PER_WORD] &= ~bothBits(slot);
        VarHandle.storeStoreFence();
        clearParked(slot);
        freeCount++;
    }

    @Override
    int fixedPageCount() {
        int least = pageCountFor(sizeClass);
        return slotCount == slotCount(sizeClass, least) ? least : largePageCountFor(sizeClass);
    }

    @Override
    void rebuild(RunSpace space) {
        freeCount = slotCount;
        for (int slot = 0; slot < slotCount; slot++) {
            if (isStart(slot) && isParked(slot)) {
                space.erase(firstByte() + startAt(slot), positionByteSize);
                books[slot >> LOG2_POSITIONS_PER_WORD] &= ~bothBits(slot);
            }
            if (isStart(slot)) {
                freeCount--;
            } else {
                clearParked(slot);
            }
        }
    }

    @Override
    boolean isVacant() {
        return freeCount == slotCount;
    }

    @Override
    int positionOf(int offset) {
        int slot = positionAt(offset);
        return slot >= 0 && slot < slotCount && isLive(slot) ? slot : -1;
    }

    @Override
    int freeByteSize() {
        return (slotCount - liveBlockCount()) * positionByteSize;
    }

    @Override
    long metadataByteSize() {
        return commonMetadataByteSize() + 16;
    }

    @Override
    void checkInvariants() {
        for (int slot = 0; slot < slotCount; slot++) {
            if (!isStart(slot) && (!isFree(slot) || isParked(slot))) {
                throw new IllegalStateException("slab " + number + ": free slot " + slot + " is held or parked");
            }
        }
        int taken = liveBlockCount() + parkedBlockCount();
        if (taken + freeCount != slotCount) {
            throw new IllegalStateException(
                    "slab " + number + ": taken=" + taken + " free=" + freeCount + " slots=" + slotCount);
        }
    }
}
