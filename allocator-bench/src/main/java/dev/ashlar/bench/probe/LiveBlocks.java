package dev.ashlar.bench.probe;

import dev.ashlar.tool.workload.SizeMix;
import java.util.SplittableRandom;

/** Blocks of 32-2048 bytes, drawn by the same seed for every memory, and how many bytes of them are live. */
final class LiveBlocks {

    /** Few, so that what a memory keeps of them afterwards does not count. */
    private static final int WARM_UP_BLOCKS = 100;
    /** Enough for the compiler. */
    private static final int WARM_UP_ROUNDS = 1_500;

    private final Blocks blocks;
    private final SplittableRandom random = new SplittableRandom(1);
    private final long[] addresses;
    private final int[] byteSizes;
    private long liveByteSize;

    LiveBlocks(Blocks blocks, int count) {
        this.blocks = blocks;
        this.addresses = new long[count];
        this.byteSizes = new int[count];
    }

    int count() {
        return addresses.length;
    }

    /** {@return bytes asked for and live} */
    long byteSize() {
        return liveByteSize;
    }

    /** {@return a random block} */
    int any() {
        return random.nextInt(addresses.length);
    }

    /** {@return the next size} */
    int nextByteSize() {
        return SizeMix.MIXED.next(random);
    }

    /** Allocates and writes every block that is not live. */
    void fill() {
        for (int block = 0; block < addresses.length; block++) {
            if (addresses[block] == 0) {
                allocate(block);
            }
        }
    }

    /** Frees a random block and puts a new one in its place, so many times. */
    void replace(long times) {
        for (long time = 0; time < times; time++) {
            int block = any();
            free(block);
            allocate(block);
        }
    }

    /** Frees each block with the chance of a half. */
    void freeHalf() {
        for (int block = 0; block < addresses.length; block++) {
            if (random.nextBoolean()) {
                free(block);
            }
        }
    }

    /** Has the JVM compile all this on few blocks, which are freed again. */
    void warmUp() {
        int count = Math.min(WARM_UP_BLOCKS, addresses.length);
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            for (int block = 0; block < count; block++) {
                allocate(block);
            }
            for (int block = 0; block < count; block++) {
                free(block);
            }
        }
    }

    /** Notes a block that the caller allocated, and writes it. */
    void put(int block, long address, int byteSize) {
        blocks.write(address, byteSize);
        addresses[block] = address;
        byteSizes[block] = byteSize;
        liveByteSize += byteSize;
    }

    void free(int block) {
        blocks.free(block, addresses[block], byteSizes[block]);
        addresses[block] = 0;
        liveByteSize -= byteSizes[block];
    }

    private void allocate(int block) {
        int byteSize = nextByteSize();
        put(block, blocks.allocate(block, byteSize), byteSize);
    }
}
