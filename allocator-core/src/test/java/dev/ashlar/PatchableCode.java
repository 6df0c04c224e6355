package dev.ashlar;

import dev.ashlar.host.NativeCode;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Functions with a field to patch, after a number of nops that moves it to the place for a test. */
final class PatchableCode {
    private static final byte NOP = (byte) 0x90;

    private PatchableCode() {}

    /** {@return nops; mov eax, 0; ret: the field, of 4 bytes, follows {@code nopCount + 1} bytes} */
    static byte[] constant(int nopCount) {
        return withNops(nopCount, NativeCode.returning(0));
    }

    /** {@return nops; mov rax, 0; ret: the field, of 8 bytes, follows {@code nopCount + 2} bytes} */
    static byte[] longConstant(int nopCount) {
        return withNops(nopCount, new byte[] {0x48, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xc3});
    }

    /** {@return nops; jmp next instruction; hlt: the field, of 4 bytes, follows {@code nopCount + 1} bytes} */
    static byte[] jump(int nopCount) {
        return withNops(nopCount, new byte[] {(byte) 0xe9, 0, 0, 0, 0, NativeCode.TRAP});
    }

    /**
     * {@return sub rsp, 8; nops; call next instruction; add rsp, 8; ret: the field, of 4 bytes, follows
     * {@code nopCount + 5} bytes}
     */
    static byte[] call(int nopCount) {
        byte[] tail = {(byte) 0xe8, 0, 0, 0, 0, 0x48, (byte) 0x83, (byte) 0xc4, 8, (byte) 0xc3};
        byte[] body = withNops(nopCount, tail);
        return ByteBuffer.allocate(4 + body.length)
                .put(new byte[] {0x48, (byte) 0x83, (byte) 0xec, 8})
                .put(body)
                .array();
    }

    private static byte[] withNops(int nopCount, byte[] tail) {
        ByteBuffer code = ByteBuffer.allocate(nopCount + tail.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int nop = 0; nop < nopCount; nop++) {
            code.put(NOP);
        }
        return code.put(tail).array();
    }

    /** {@return the code, published at an aligned address} */
    static CodeBlock publish(CodeHeap heap, byte[] code, long byteAlignment) {
        CodeBlock block = heap.allocate(code.length, byteAlignment);
        block.writable().copyFrom(MemorySegment.ofArray(code));
        block.publish();
        return block;
    }

    /** {@return the rel32 of an instruction that ends at an address and leads to a target} */
    static long distance(long fieldEnd, long target) {
        return target - fieldEnd;
    }
}
