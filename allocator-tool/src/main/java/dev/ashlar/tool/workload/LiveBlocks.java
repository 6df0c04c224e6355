package dev.ashlar.tool.workload;

import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * The live blocks of one thread, and the work on them: grow to a number of blocks, replace random ones, free half, grow
 * back. Every block is written and published. Sizes and victims come from {@link Draws}, the same for every memory.
 *
 * <p>A subclass chooses the contents. By default every block holds {@link Payload#CODE}.
 */
public class LiveBlocks {

    private final BlockMemory memory;
    private final Draws draws;
    private final int firstSlot;

    /** Address and size of each block, on one cache line; both 0 if the block is not live. */
    private final long[] cells;

    /**
     * Starts without a live block.
     *
     * @param count the number of live blocks after {@link #grow()}
     * @param firstSlot the slot of the first block; the others follow it
     */
    public LiveBlocks(BlockMemory memory, Draws draws, int count, int firstSlot) {
        this.memory = memory;
        this.draws = draws;
        this.cells = new long[2 * count];
        this.firstSlot = firstSlot;
    }

    /** {@return what is written into a block: at least as many bytes as the largest block has} */
    protected MemorySegment contents(int block) {
        return Payload.CODE;
    }

    /** {@return the number of blocks when all are live} */
    public final int count() {
        return cells.length / 2;
    }

    /** {@return the address of a block, or 0 if it is not live} */
    public final long address(int block) {
        return cells[2 * block];
    }

    /** {@return the requested size of a block, or 0 if it is not live} */
    public final long byteSize(int block) {
        return cells[2 * block + 1];
    }

    /** {@return the requested bytes of all live blocks} */
    public final long liveByteSize() {
        long sum = 0;
        for (int block = 0; block < count(); block++) {
            sum += byteSize(block);
        }
        return sum;
    }

    /** Allocates every block that is not live. */
    public final LiveBlocks grow() {
        return grow(count());
    }

    /** Allocates every one of the first {@code blockCount} blocks that is not live. */
    public final LiveBlocks grow(int blockCount) {
        for (int block = 0; block < blockCount; block++) {
            if (address(block) == 0) {
                allocate(block);
            }
        }
        return this;
    }

    /** Frees the first {@code blockCount} blocks. */
    public final void shrink(int blockCount) {
        for (int block = 0; block < blockCount; block++) {
            free(block);
        }
    }

    /** Frees each live block with a probability of one half, the same blocks each time. */
    public final void freeHalf() {
        freeHalf(1);
    }

    /** Frees each live block with a probability of one half. */
    public final void freeHalf(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int block = 0; block < count(); block++) {
            if (random.nextBoolean() && address(block) != 0) {
                free(block);
            }
        }
    }

    /** Frees a random block and allocates it again with a new size. Returns the new address. */
    public final long replace() {
        int block = freeVictim();
        return put(block, memory.allocate(firstSlot + block, draws.byteSize()), draws.byteSize());
    }

    /** Advances to the next draw and frees its victim, which the caller must {@link #put} again. Returns the victim. */
    public final int freeVictim() {
        draws.advance();
        int block = draws.victim();
        memory.free(firstSlot + block, address(block), byteSize(block));
        return block;
    }

    /** Writes and publishes a block that the caller allocated, and notes it. Returns its address. */
    public final long put(int block, long address, long byteSize) {
        memory.write(address, contents(block), byteSize);
        memory.publish(address, byteSize);
        cells[2 * block] = address;
        cells[2 * block + 1] = byteSize;
        return address;
    }

    /** Frees a live block. */
    public final void free(int block) {
        memory.free(firstSlot + block, address(block), byteSize(block));
        cells[2 * block] = 0;
        cells[2 * block + 1] = 0;
    }

    /** Allocates, writes and publishes a block that is not noted here, for {@link #discard}. Returns its address. */
    public final long make() {
        draws.advance();
        long address = memory.allocate(firstSlot, draws.byteSize());
        memory.write(address, contents(0), draws.byteSize());
        memory.publish(address, draws.byteSize());
        return address;
    }

    /** Frees the block that {@link #make} returned last. */
    public final void discard(long address) {
        memory.free(firstSlot, address, draws.byteSize());
    }

    private void allocate(int block) {
        draws.advance();
        put(block, memory.allocate(firstSlot + block, draws.byteSize()), draws.byteSize());
    }
}
