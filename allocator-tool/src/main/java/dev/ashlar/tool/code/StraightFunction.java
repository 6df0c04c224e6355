package dev.ashlar.tool.code;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A function of any size that executes every byte of itself, for x86-64: additions without a branch, then a return. So
 * the processor must fetch all its cache lines. It adds a number to rax, which shows that the right code ran, and
 * changes rcx and rdx.
 */
public final class StraightFunction {

    /** Bytes of the smallest: one addition and a return. */
    public static final int BYTE_SIZE_MIN = 8;

    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** lea with a distance of 32 bits: opcode bytes, then the distance. */
    private static final int LEA_BYTE_SIZE = 7;
    private static final byte[] LEA_RAX = {0x48, (byte) 0x8d, (byte) 0x80};
    private static final byte[] LEA_RCX = {0x48, (byte) 0x8d, (byte) 0x89};
    private static final byte[] LEA_RDX = {0x48, (byte) 0x8d, (byte) 0x92};
    private static final byte RET = (byte) 0xc3;
    private static final byte HLT = (byte) 0xf4;

    private StraightFunction() {}

    /**
     * Writes the code.
     *
     * @param target room for it
     * @param byteSize bytes, {@value #BYTE_SIZE_MIN} at least; the unused rest traps
     * @param addend what it adds to rax
     */
    public static void write(MemorySegment target, int byteSize, int addend) {
        int count = (byteSize - 1) / LEA_BYTE_SIZE;
        long offset = lea(target, 0, LEA_RAX, addend);
        for (int index = 1; index < count; index++) {
            // Two chains, so that they do not wait for each other.
            offset = lea(target, offset, index % 2 == 0 ? LEA_RCX : LEA_RDX, index);
        }
        target.set(ValueLayout.JAVA_BYTE, offset, RET);
        target.asSlice(offset + 1, byteSize - offset - 1).fill(HLT);
    }

    private static long lea(MemorySegment target, long offset, byte[] opcode, int distance) {
        MemorySegment.copy(opcode, 0, target, ValueLayout.JAVA_BYTE, offset, opcode.length);
        target.set(WORD, offset + opcode.length, distance);
        return offset + LEA_BYTE_SIZE;
    }
}
