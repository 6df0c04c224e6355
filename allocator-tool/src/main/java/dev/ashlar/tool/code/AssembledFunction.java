package dev.ashlar.tool.code;

import static jnr.x86asm.Asm.imm;
import static jnr.x86asm.Asm.rax;
import static jnr.x86asm.Asm.rcx;
import static jnr.x86asm.Asm.rdi;
import static jnr.x86asm.Asm.rdx;
import static jnr.x86asm.Asm.rsi;

import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.Platform.Architecture;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import jnr.x86asm.Assembler;

/**
 * A function assembled for x86-64 while the program runs, together with calls whose results are known.
 *
 * <p>Arguments arrive in rdi and rsi and the result leaves in rax, as the System V calling convention requires. The
 * code uses only registers that a callee may change, so it needs no prologue.
 */
public final class AssembledFunction {

    private final String name;
    private final int argumentCount;
    private final List<Call> calls;
    private final Assembler assembler = new Assembler(Assembler.X86_64);

    private AssembledFunction(String name, int argumentCount, Consumer<Assembler> code, Call... calls) {
        this.name = name;
        this.argumentCount = argumentCount;
        this.calls = List.of(calls);
        code.accept(assembler);
    }

    /**
     * A call and its expected result.
     *
     * @param arguments as many as the function takes
     * @param expected the result, computed by other means
     */
    public record Call(List<Long> arguments, long expected) {}

    /** {@return the functions; empty if the processor is not x86-64} */
    public static List<AssembledFunction> all() {
        if (!Platform.current().architecture().equals(Optional.of(Architecture.X86_64))) {
            return List.of();
        }
        return List.of(
                new AssembledFunction("add", 2, AssembledFunction::add, call(42, 40, 2),
                        call(-1, Long.MAX_VALUE, Long.MIN_VALUE)),
                new AssembledFunction("factorial", 1, AssembledFunction::factorial,
                        call(2_432_902_008_176_640_000L, 20), call(1, 0)),
                new AssembledFunction("fibonacci", 1, AssembledFunction::fibonacci,
                        call(7_540_113_804_746_346_429L, 92), call(0, 0)),
                new AssembledFunction("gcd", 2, AssembledFunction::gcd,
                        call(21, 1071, 462), call(7, 7, 0)),
                new AssembledFunction("popcount", 1, AssembledFunction::popcount,
                        call(32, 0x5555_5555_5555_5555L), call(64, -1)));
    }

    public String name() {
        return name;
    }

    /** {@return calls with known results} */
    public List<Call> calls() {
        return calls;
    }

    /** {@return bytes of the code} */
    public int byteSize() {
        return assembler.codeSize();
    }

    /** {@return the function as a linker sees it: longs in, a long out} */
    public FunctionDescriptor descriptor() {
        ValueLayout[] arguments = Collections.nCopies(argumentCount, ValueLayout.JAVA_LONG)
                .toArray(ValueLayout[]::new);
        return FunctionDescriptor.of(ValueLayout.JAVA_LONG, arguments);
    }

    /**
     * Writes the code for the address where it will run.
     *
     * @param target room for {@link #byteSize()} bytes
     * @param address the executable address of the same memory
     */
    public void writeTo(ByteBuffer target, long address) {
        assembler.relocCode(target, address);
    }

    private static Call call(long expected, long... arguments) {
        return new Call(Arrays.stream(arguments).boxed().toList(), expected);
    }

    private static void add(Assembler code) {
        code.mov(rax, rdi);
        code.add(rax, rsi);
        code.ret();
    }

    private static void factorial(Assembler code) {
        code.mov(rax, imm(1));
        Loop loop = Loop.whileNotZero(code, rdi);
        code.imul(rax, rdi);
        code.sub(rdi, imm(1));
        loop.end();
        code.ret();
    }

    /** Exchange and add does a step: (a, b) becomes (a + b, a). */
    private static void fibonacci(Assembler code) {
        code.xor_(rax, rax);
        code.mov(rdx, imm(1));
        Loop loop = Loop.whileNotZero(code, rdi);
        code.xadd(rax, rdx);
        code.sub(rdi, imm(1));
        loop.end();
        code.ret();
    }

    /** Euclid: (a, b) becomes (b, a mod b) until b is 0. */
    private static void gcd(Assembler code) {
        code.mov(rax, rdi);
        Loop loop = Loop.whileNotZero(code, rsi);
        code.xor_(rdx, rdx);
        code.div(rsi);
        code.mov(rax, rsi);
        code.mov(rsi, rdx);
        loop.end();
        code.ret();
    }

    /** Kernighan: value and (value - 1) clears the lowest bit; no processor lacks these instructions. */
    private static void popcount(Assembler code) {
        code.xor_(rax, rax);
        Loop loop = Loop.whileNotZero(code, rdi);
        code.mov(rcx, rdi);
        code.sub(rcx, imm(1));
        code.and_(rdi, rcx);
        code.add(rax, imm(1));
        loop.end();
        code.ret();
    }
}
