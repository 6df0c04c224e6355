package dev.ashlar.tool.code;

import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.Platform.Architecture;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;

/**
 * {@code int f() { return value; }} for the current processor. The result shows that the right code ran, and each value
 * gives another function.
 */
public final class ConstantFunction {

    /** The signature of each such function. */
    public static final FunctionDescriptor DESCRIPTOR = FunctionDescriptor.of(ValueLayout.JAVA_INT);

    /** Room for the code on any architecture. */
    public static final int BYTE_SIZE_MAX = 12;

    // A constant handle: calls through it are compiled to a plain call.
    @SuppressWarnings("restricted")
    private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(DESCRIPTOR);

    private static final Architecture ARCHITECTURE = Platform.current().architecture().orElse(Architecture.X86_64);

    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private ConstantFunction() {}

    /** Writes the code to the start of a segment of at least {@link #BYTE_SIZE_MAX} bytes. */
    public static void write(MemorySegment target, int value) {
        switch (ARCHITECTURE) {
            case X86_64 -> {
                // mov eax, value; ret
                target.set(ValueLayout.JAVA_BYTE, 0, (byte) 0xb8);
                target.set(WORD, 1, value);
                target.set(ValueLayout.JAVA_BYTE, 5, (byte) 0xc3);
            }
            case AARCH64 -> {
                // movz w0, #low; movk w0, #high, lsl #16; ret
                target.set(WORD, 0, 0x52800000 | (value & 0xffff) << 5);
                target.set(WORD, 4, 0x72a00000 | (value >>> 16) << 5);
                target.set(WORD, 8, 0xd65f03c0);
            }
        }
    }

    /** {@return the result of such a function; the caller guarantees that one lies at the address} */
    public static int call(long address) {
        try {
            return (int) CALL.invokeExact(MemorySegment.ofAddress(address));
        } catch (Throwable impossible) {
            throw new AssertionError("native code cannot throw", impossible);
        }
    }

    /**
     * {@return the result of a handle to such a function}
     *
     * @throws RuntimeException what the handle throws: its code may have ended
     */
    public static int call(MethodHandle function) {
        try {
            return (int) function.invokeExact();
        } catch (RuntimeException ended) {
            throw ended;
        } catch (Throwable impossible) {
            throw new AssertionError("native code cannot throw", impossible);
        }
    }

    /** {@return the code as an array} */
    public static byte[] bytes(int value) {
        byte[] code = new byte[BYTE_SIZE_MAX];
        // Layouts of alignment 1: a segment over a byte array promises no other.
        write(MemorySegment.ofArray(code), value);
        return code;
    }
}
