package dev.ashlar.tool.replay;

import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The contents of one object in a verifying replay: each eight bytes are a mix of the object's identity and their
 * offset, so that a byte of another object, another offset or another pass is recognized.
 */
final class Pattern {

    /** 2^64 divided by the golden ratio: consecutive multiples differ in many bits. */
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Pattern() {}

    /** Bijective mixing of 64 bits (the finalizer of SplitMix64). */
    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** Writes the first bytes of an object's pattern; the target has room for whole words. */
    static void fill(MemorySegment target, long identity, long byteSize) {
        for (long offset = 0; offset < byteSize; offset += Long.BYTES) {
            target.set(WORD, offset, word(identity, offset));
        }
    }

    /** {@return the offset of the first byte at {@code address} that is not the object's, or -1} */
    static long firstMismatch(long address, long identity, long byteSize) {
        long words = byteSize & -Long.BYTES;
        for (long offset = 0; offset < words; offset += Long.BYTES) {
            long difference = RawMemory.EVERYTHING.get(WORD, address + offset) ^ word(identity, offset);
            if (difference != 0) {
                return offset + Long.numberOfTrailingZeros(difference) / Byte.SIZE;
            }
        }
        for (long offset = words; offset < byteSize; offset++) {
            if (found(address, offset) != expected(identity, offset)) {
                return offset;
            }
        }
        return -1;
    }

    /** {@return the byte that an object must have at an offset} */
    static byte expected(long identity, long offset) {
        return (byte) (word(identity, offset & -Long.BYTES) >>> (offset % Long.BYTES * Byte.SIZE));
    }

    /** {@return the byte at an offset from an address} */
    static byte found(long address, long offset) {
        return RawMemory.EVERYTHING.get(ValueLayout.JAVA_BYTE, address + offset);
    }

    private static long word(long identity, long offset) {
        return mix(identity * STEP + offset);
    }
}
