package dev.ashlar.tool.soak;

import static dev.ashlar.tool.memory.RawMemory.EVERYTHING;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.MemorySegment;

/**
 * Memory with known contents at its first and last bytes and every {@value #STRIDE} bytes: code that returns the stamp,
 * or data that begins with it.
 *
 * @param address of at least 16 bytes
 */
record Marked(Kind kind, long address, int byteSize, int stamp) {
    /** Bytes from which on the last eight are not those of the function. */
    static final int TAILED_BYTE_SIZE = ConstantFunction.BYTE_SIZE_MAX + Long.BYTES;

    private static final int PROBES = 16;
    /** Bytes from one word that follows from its place to the next. */
    private static final int STRIDE = 256;

    enum Kind {
        CODE, DATA
    }

    /** {@return the word that must lie at an offset of a block} */
    private static long word(int stamp, long offset) {
        return (stamp + offset) * 0x9e3779b97f4a7c15L;
    }

    /** Writes the words of a block, all but the first bytes. */
    static void fill(MemorySegment block, int stamp) {
        long last = block.byteSize() - Long.BYTES;
        for (long offset = STRIDE; offset <= last - Long.BYTES; offset += STRIDE) {
            block.set(JAVA_LONG_UNALIGNED, offset, word(stamp, offset));
        }
        if (block.byteSize() >= TAILED_BYTE_SIZE) {
            block.set(JAVA_LONG_UNALIGNED, last, word(stamp, last));
        }
    }

    /** Claims memory for code, which the caller writes. */
    static Marked code(Shadow shadow, long address, int byteSize, int stamp) {
        shadow.claim(address, byteSize);
        return new Marked(Kind.CODE, address, byteSize, stamp);
    }

    /** Claims memory for data and writes it. */
    static Marked data(Shadow shadow, long address, int byteSize, int stamp) {
        return data(shadow, EVERYTHING.asSlice(address, byteSize), stamp);
    }

    /** Claims memory for data and writes it. */
    static Marked data(Shadow shadow, MemorySegment memory, int stamp) {
        return constants(shadow, memory.address(), memory, stamp);
    }

    /** Claims memory for constants, which are written elsewhere. */
    static Marked constants(Shadow shadow, long address, MemorySegment writable, int stamp) {
        int byteSize = (int) writable.byteSize();
        shadow.claim(address, byteSize);
        writable.set(JAVA_INT_UNALIGNED, 0, stamp);
        fill(writable, stamp);
        return new Marked(Kind.DATA, address, byteSize, stamp);
    }

    /** Throws unless some bytes of a new block are what unwritten bytes must be, the first and the last among them. */
    static void requireUnwritten(long address, int byteSize, int unwritten) {
        for (int probe = 0; probe < PROBES; probe++) {
            long at = address + (long) (byteSize - 1) * probe / (PROBES - 1);
            SoakFailure.require(EVERYTHING.get(JAVA_BYTE, at) == (byte) unwritten, "a new block has old bytes", at);
        }
    }

    /** Throws unless the memory contains what was written, and, if it is code, runs. */
    void check() {
        int found = kind == Kind.CODE
                ? ConstantFunction.call(address)
                : EVERYTHING.get(JAVA_INT_UNALIGNED, address);
        SoakFailure.require(found == stamp, "a block does not begin with what was written", address);
        int last = byteSize - Long.BYTES;
        for (int offset = STRIDE; offset <= last - Long.BYTES; offset += STRIDE) {
            checkWord(offset);
        }
        if (byteSize >= TAILED_BYTE_SIZE) {
            checkWord(last);
        }
    }

    private void checkWord(int offset) {
        SoakFailure.require(EVERYTHING.get(JAVA_LONG_UNALIGNED, address + offset) == word(stamp, offset),
                "a block does not contain what was written", address + offset);
    }

    /** Throws as {@link #check}, and gives the memory up: the caller frees it now. */
    void release(Shadow shadow) {
        check();
        shadow.release(address, byteSize);
    }
}
