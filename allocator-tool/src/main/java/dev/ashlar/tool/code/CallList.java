package dev.ashlar.tool.code;

import static jnr.x86asm.Asm.imm;
import static jnr.x86asm.Asm.ptr;
import static jnr.x86asm.Asm.r8;
import static jnr.x86asm.Asm.rax;
import static jnr.x86asm.Asm.rdi;
import static jnr.x86asm.Asm.rsi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import jnr.x86asm.Assembler;

/**
 * {@code long callAll(address* functions, long count)} for x86-64: calls functions by a list of addresses and returns
 * the sum in rax. One downcall makes thousands of calls, so that its own cost does not count.
 *
 * <p>The functions leave rdi and rsi alone, as {@link StraightFunction} does.
 */
public final class CallList {

    private static final FunctionDescriptor DESCRIPTOR = FunctionDescriptor.of(ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);

    // A constant handle: calls through it are compiled to a plain call.
    @SuppressWarnings("restricted")
    private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(DESCRIPTOR);

    private CallList() {}

    /** {@return the code, which can be copied to any address and run there} */
    public static MemorySegment code() {
        Assembler code = new Assembler(Assembler.X86_64);
        code.xor_(rax, rax);
        Loop loop = Loop.whileNotZero(code, rsi);
        code.mov(r8, ptr(rdi, 0));
        code.call(r8);
        code.add(rdi, imm(Long.BYTES));
        code.sub(rsi, imm(1));
        loop.end();
        code.ret();
        ByteBuffer bytes = ByteBuffer.allocateDirect(code.codeSize());
        code.relocCode(bytes, 0);
        bytes.flip();
        return MemorySegment.ofBuffer(bytes);
    }

    /**
     * {@return the sum that the called functions left}
     *
     * @param address where the code runs
     * @param functions address of the list
     * @param count functions to call
     */
    public static long call(long address, long functions, long count) {
        try {
            return (long) CALL.invokeExact(MemorySegment.ofAddress(address), functions, count);
        } catch (Throwable impossible) {
            throw new AssertionError("native code cannot throw", impossible);
        }
    }
}
