package dev.ashlar.tool.replay;

import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a worker writes into objects, and what it expects to find before it frees them. Each worker has its own
 * instance, which allocates no Java objects after its construction.
 */
final class Contents {

    /** How objects are written. */
    enum Kind {
        /** Not at all: what remains is the cost of the allocator's bookkeeping. */
        NOTHING,
        /** With the bytes of one buffer, as a JIT compiler installs a method. */
        COPY,
        /** Each with its own pattern, which is read back at the address where it would run. */
        VERIFIED
    }

    private final BlockMemory memory;
    private final Kind kind;
    private final MemorySegment staging;

    Contents(Kind kind, BlockMemory memory, int byteSizeMax) {
        this.kind = kind;
        this.memory = memory;
        // One more word: patterns are written in whole words.
        staging = Arena.ofAuto().allocate(byteSizeMax + (long) Long.BYTES, 64);
        Pattern.fill(staging, byteSizeMax, byteSizeMax);
    }

    /** Writes and publishes an object after its allocation. */
    void fill(long address, long identity, int byteSize) {
        if (kind != Kind.NOTHING) {
            if (kind == Kind.VERIFIED) {
                Pattern.fill(staging, identity, byteSize);
            }
            memory.write(address, staging, byteSize);
            memory.publish(address, byteSize);
        }
    }

    /** {@return the offset of the first wrong byte of an object before its free, or -1} */
    long check(long address, long identity, int byteSize) {
        return kind == Kind.VERIFIED ? Pattern.firstMismatch(address, identity, byteSize) : -1;
    }
}
