package dev.ashlar.tool.replay;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

    /** 2^64 divided by the golden ratio: consecutive multiples differ in many bits. */
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private final BlockMemory memory;
    private final Kind kind;
    private final MemorySegment staging;

    Contents(Kind kind, BlockMemory memory, int byteSizeMax) {
        this.memory = memory;
        this.kind = kind;
        // One more word: patterns are made of whole words.
        staging = Arena.ofAuto().allocate(byteSizeMax + (long) Long.BYTES, 64);
        stage(byteSizeMax, byteSizeMax);
    }

    /** Writes and publishes an object after its allocation. */
    void fill(long address, long identity, int byteSize) {
        if (kind != Kind.NOTHING) {
            if (kind == Kind.VERIFIED) {
                stage(identity, byteSize);
            }
            memory.write(address, staging, byteSize);
            memory.publish(address, byteSize);
        }
    }

    /** {@return the offset of the first wrong byte of an object before its free, or -1} */
    long check(long address, long identity, int byteSize) {
        if (kind != Kind.VERIFIED) {
            return -1;
        }
        stage(identity, byteSize);
        return MemorySegment.mismatch(staging, 0, byteSize, RawMemory.EVERYTHING, address, address + byteSize);
    }

    /** {@return the byte at an offset that the object checked last must have} */
    byte expected(long offset) {
        return staging.get(ValueLayout.JAVA_BYTE, offset);
    }

    /**
     * Makes the pattern of an object: each eight bytes are a mix of the object's identity and their offset, so that a
     * byte of another object, another offset or another pass is recognized.
     */
    private void stage(long identity, int byteSize) {
        for (long offset = 0; offset < byteSize; offset += Long.BYTES) {
            staging.set(ValueLayout.JAVA_LONG, offset, mix(identity * STEP + offset));
        }
    }

    /** Bijective mixing of 64 bits (the finalizer of SplitMix64). */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
