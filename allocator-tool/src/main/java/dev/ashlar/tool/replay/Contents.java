package dev.ashlar.tool.replay;

import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a replay puts into the objects it allocates, and what it expects to find before it frees them.
 *
 * <p>One instance belongs to one worker; nothing here allocates Java objects once made.
 */
sealed interface Contents {

    /** Called after the allocation of an object. */
    void fill(long address, long identity, int byteSize);

    /**
     * Called before the free of an object.
     *
     * @return the offset of the first wrong byte, or -1
     */
    long check(long address, long identity, int byteSize);

    /**
     * {@return room to write objects from, at least as large as the largest, filled with something that is not zero}
     */
    private static MemorySegment staging(int byteSizeMax) {
        // Rounded up by a word: patterns are written in whole words.
        MemorySegment staging = Arena.ofAuto().allocate(byteSizeMax + (long) Long.BYTES, 64);
        Pattern.fill(staging, byteSizeMax, byteSizeMax);
        return staging;
    }

    /** Nothing is written: what remains is the cost of the allocator's bookkeeping. */
    record Nothing() implements Contents {
        @Override
        public void fill(long address, long identity, int byteSize) {
            // --no-write: neither written nor published.
        }

        @Override
        public long check(long address, long identity, int byteSize) {
            return -1;
        }
    }

    /** The bytes of one buffer are copied in and published, as a JIT compiler installs a method. */
    record Copy(BlockMemory memory, MemorySegment staging) implements Contents {
        Copy(BlockMemory memory, int byteSizeMax) {
            this(memory, Contents.staging(byteSizeMax));
        }

        @Override
        public void fill(long address, long identity, int byteSize) {
            memory.write(address, staging, byteSize);
            memory.publish(address, byteSize);
        }

        @Override
        public long check(long address, long identity, int byteSize) {
            return -1;
        }
    }

    /** Every object gets a pattern of its own, read back through the address where it would run. */
    record Verified(BlockMemory memory, MemorySegment staging) implements Contents {
        Verified(BlockMemory memory, int byteSizeMax) {
            this(memory, Contents.staging(byteSizeMax));
        }

        @Override
        public void fill(long address, long identity, int byteSize) {
            Pattern.fill(staging, identity, byteSize);
            memory.write(address, staging, byteSize);
            memory.publish(address, byteSize);
        }

        @Override
        public long check(long address, long identity, int byteSize) {
            return Pattern.firstMismatch(address, identity, byteSize);
        }
    }
}
