package dev.ashlar.heap;

import dev.ashlar.memory.Temperature;
import dev.ashlar.slab.Holder;
import java.util.Arrays;
import java.util.List;

/** The blocks that a group holds, by their addresses. Not thread-safe. */
final class GroupBlocks {
    /** A list that has no room. */
    static final long[] NONE = {};

    private static final int FIRST_CAPACITY = 4;
    /** Blocks of the longest list that is kept for another group: 64 KiB. */
    private static final int LONGEST_KEPT = 8192;

    private long[] addresses;
    private int count;
    private int freedCount;

    /**
     * Holds no blocks.
     *
     * @param list for their addresses, with any contents
     */
    GroupBlocks(long[] list) {
        this.addresses = list;
    }

    /** {@return the list for another group, if it is short enough to be kept. Pre: all blocks are freed} */
    long[] spareList() {
        return addresses.length <= LONGEST_KEPT ? addresses : NONE;
    }

    private void makeRoom(int more) {
        if (addresses.length - count < more) {
            addresses = Arrays.copyOf(addresses, Math.max(Math.max(FIRST_CAPACITY, 2 * count), count + more));
        }
    }

    /** Takes a block with the least alignment and holds it: the most frequent case, short enough to be inlined. */
    long take(Space space, long byteSize) {
        makeRoom(1);
        long offset = space.take(byteSize, Holder.OBJECT);
        // No call after this: an Error would lose the block.
        addresses[count++] = space.base + offset;
        return offset;
    }

    /** Takes a block and holds it. */
    long take(Space space, long byteSize, long byteAlignment, Temperature temperature) {
        makeRoom(1);
        long offset = space.take(byteSize, byteAlignment, temperature, Holder.OBJECT);
        addresses[count++] = space.base + offset;
        return offset;
    }

    /** Holds blocks that were taken otherwise: all, or none if this throws. */
    void adopt(List<Piece> pieces) {
        makeRoom(pieces.size());
        int newCount = count;
        for (Piece piece : pieces) {
            addresses[newCount++] = piece.address();
        }
        count = newCount;
    }

    /** No longer holds a block, which was taken lately. Pre: it is held. */
    void forget(long address) {
        int index = count - 1;
        while (addresses[index] != address) {
            index--;
        }
        addresses[index] = addresses[count - 1];
        count--;
    }

    /**
     * Frees all blocks, in the order in which they were taken: then the next are found quickest. If an Error cuts this
     * short, the next call frees the others.
     */
    void free(Zones zones) {
        while (freedCount < count) {
            long address = addresses[freedCount];
            Space space = zones.spaceAt(address);
            space.requireOpen();
            space.release(address - space.base());
            freedCount++;
        }
    }
}
