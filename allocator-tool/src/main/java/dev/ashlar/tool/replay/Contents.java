package dev.ashlar.tool.replay;

import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a replay writes into objects, and what it expects to find before it frees them.
 *
 * <p>Each worker has its own instance, which allocates no Java objects after its construction.
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
     * {@return a buffer to write objects from, at least as large as the largest, not filled with zeros}
     */
    private static MemorySegment staging(int byteSizeMax) {
        // Rounded up by a word: patterns are written in whole words.
        MemorySegment staging = Arena.ofAuto().allocate(byteSizeMax + (long) Long.BYTES, 64);
        Pattern.fill(staging, byteSizeMax, byteSizeMax);
        return staging;
    }

    /** Writes nothing: what remains is the cost of the allocator's bookkeeping. */
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

    /** Copies the bytes of one buffer and publishes them, as a JIT compiler installs a method. */
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

    /** Gives each object its own pattern, and reads it back through the address where it would run. */
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
