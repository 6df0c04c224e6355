package dev.ashlar;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Machine code of a function that returns a constant: the only code that a target runs. */
@SuppressWarnings("restricted")
final class NativeConstant {
    static final FunctionDescriptor TYPE = FunctionDescriptor.of(ValueLayout.JAVA_INT);

    private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(TYPE);

    private NativeConstant() {}

    /** {@return mov eax, value; ret, in {@code byteSize} bytes} */
    static byte[] returning(int value, int byteSize) {
        return ByteBuffer.allocate(Math.max(6, byteSize))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xb8)
                .putInt(value)
                .put((byte) 0xc3)
                .array();
    }

    /** Fails unless the function at an address returns a value. */
    static void requireReturns(int value, long address) {
        requireReturns(value, CALL.bindTo(MemorySegment.ofAddress(address)));
    }

    static void requireReturns(int value, MethodHandle function) {
        try {
            int returned = (int) function.invoke();
            Check.require(returned == value, "returned " + returned + ", not " + value);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
