package dev.ashlar.host;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Machine code of x86-64 for tests, and calls of it by its address. */
@SuppressWarnings("restricted")
public final class NativeCode {
    /** The trap that fills memory without code: hlt. */
    public static final byte TRAP = (byte) 0xf4;

    private static final MethodHandle CALL =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_INT));

    private NativeCode() {}

    /** {@return mov eax, value; ret} */
    public static byte[] returning(int value) {
        return ByteBuffer.allocate(6)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xb8)
                .putInt(value)
                .put((byte) 0xc3)
                .array();
    }

    /** {@return sub rsp, 8; call rel32; add rsp, 8; ret: runs at {@code address} only} */
    public static byte[] callingNear(long address, long target) {
        long distance = target - (address + 9);
        if (distance != (int) distance) {
            throw new IllegalArgumentException("not within rel32: distance=" + distance);
        }
        return ByteBuffer.allocate(14)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {0x48, (byte) 0x83, (byte) 0xec, 8, (byte) 0xe8})
                .putInt((int) distance)
                .put(new byte[] {0x48, (byte) 0x83, (byte) 0xc4, 8, (byte) 0xc3})
                .array();
    }

    /** {@return spin: cmp dword [rdi], 0; pause; je spin; ret: returns when its argument's int is no longer 0} */
    public static byte[] waitingForFlag() {
        return new byte[] {(byte) 0x83, 0x3f, 0, (byte) 0xf3, (byte) 0x90, 0x74, (byte) 0xf9, (byte) 0xc3};
    }

    /** {@return what the function of no arguments at an address returns} */
    public static int call(long address) {
        try {
            return (int) CALL.invokeExact(MemorySegment.ofAddress(address));
        } catch (Throwable unexpected) {
            throw new AssertionError("a downcall threw", unexpected);
        }
    }
}
