package dev.ashlar.examples.assembler;

import static jnr.x86asm.Asm.imm;
import static jnr.x86asm.Asm.qword_ptr;
import static jnr.x86asm.Asm.rax;
import static jnr.x86asm.Asm.rcx;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.examples.path.Answer;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jnr.x86asm.Assembler;

/** A function assembled by jnr-x86asm, which calls another one and reads a number from memory. */
public final class AssembledExample {
    /** What an instruction holds until the address is known. */
    private static final long UNKNOWN = 0x7777_7777_7777_7777L;

    private AssembledExample() {}

    /** Places two functions, the second of which calls the first. */
    public static void main(String[] arguments) throws Throwable {
        if (!Answer.isX86()) {
            return;
        }
        try (CodeHeap heap = CodeHeap.create(); Arena arena = Arena.ofConfined()) {
            CodeBlock callee = Assembled.place(heap, MemorySegment.ofArray(Answer.of(40)));
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_LONG, 2);

            Assembler assembler = new Assembler(Assembler.X86_64);
            assembler.call(callee.address());
            assembler.mov(rcx, imm(UNKNOWN));
            long field = (long) assembler.offset() - Long.BYTES;
            assembler.add(rax, qword_ptr(rcx, 0));
            assembler.ret();
            CodeBlock caller = Assembled.place(heap, assembler, new Fixup.Abs64(field, number.address()));

            var function = caller.bind(FunctionDescriptor.of(ValueLayout.JAVA_LONG));
            IO.println("40 + 2 = " + (long) function.invokeExact());
        }
    }
}
