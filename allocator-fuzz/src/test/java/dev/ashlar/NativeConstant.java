package dev.ashlar;

import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Machine code of a function that returns a constant: the only code that a target runs. */
final class NativeConstant {
    private NativeConstant() {}

    /** {@return the code, in {@code byteSize} bytes, or in as many as it needs} */
    static byte[] returning(int value, int byteSize) {
        byte[] code = new byte[Math.max(ConstantFunction.BYTE_SIZE_MAX, byteSize)];
        ConstantFunction.write(MemorySegment.ofArray(code), value);
        return code;
    }

    /** Fails unless the function at an address returns a value. */
    static void requireReturns(int value, long address) {
        requireEqual(ConstantFunction.call(address), value);
    }

    static void requireReturns(int value, MethodHandle function) {
        requireEqual(ConstantFunction.call(function), value);
    }

    private static void requireEqual(int returned, int value) {
        Check.require(returned == value, "returned " + returned + ", not " + value);
    }
}
