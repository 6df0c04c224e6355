package dev.ashlar.examples.assembler;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.examples.path.Answer;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.WritePathException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import jnr.a64asm.Assembler_A64;
import jnr.a64asm.CPU_A64;
import jnr.a64asm.Immediate;
import jnr.a64asm.Register;
import jnr.a64asm.Shift;
import jnr.x86asm.Asm;
import jnr.x86asm.Assembler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: assembled code runs where it was placed, with its fields fixed up; a failure leaves no block. */
class AssembledTest {
    private static final byte[] CALL_AND_RETURN = {(byte) 0xe8, 0, 0, 0, 0, (byte) 0xc3};
    private static final FunctionDescriptor LONG = FunctionDescriptor.of(JAVA_LONG);

    private CodeHeap heap;

    @BeforeEach
    void open() {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "needs an x86-64");
        heap = CodeHeap.create();
    }

    @AfterEach
    void close() {
        if (heap != null) {
            heap.close();
        }
    }

    @Test
    void bytesWithADistanceCallAnotherBlock() throws Throwable {
        CodeBlock callee = Assembled.place(heap, MemorySegment.ofArray(Answer.of(42)));
        CodeBlock caller = Assembled.place(
                heap, MemorySegment.ofArray(CALL_AND_RETURN), new Fixup.Rel32(1, callee.address()));

        assertThat((int) caller.bind(Answer.FUNCTION).invokeExact()).isEqualTo(42);
    }

    @ParameterizedTest
    @EnumSource(names = {"ALIAS", "POKE"})
    void aCallOfTheAssemblerLeadsToItsTarget(WritePath path) throws Throwable {
        try (CodeHeap other = onPath(path)) {
            CodeBlock callee = Assembled.place(other, MemorySegment.ofArray(Answer.of(42)));
            Assembler assembler = new Assembler(Assembler.X86_64);
            assembler.call(callee.address());
            assembler.ret();

            CodeBlock caller = Assembled.place(other, assembler);

            assertThat((int) caller.bind(Answer.FUNCTION).invokeExact()).isEqualTo(42);
        }
    }

    private static CodeHeap onPath(WritePath path) {
        try {
            return CodeHeap.builder().writePath(path).build();
        } catch (WritePathException refused) {
            assumeTrue(false, refused.getMessage());
            throw refused;
        }
    }

    @Test
    void aCallThatRel32DoesNotReachGoesThroughAJumpBehindTheCode() throws Throwable {
        long abs = Linker.nativeLinker().defaultLookup().find("abs").orElseThrow().address();
        Assembler assembler = new Assembler(Assembler.X86_64);
        assembler.sub(Asm.rsp, Asm.imm(8));
        assembler.call(abs);
        assembler.add(Asm.rsp, Asm.imm(8));
        assembler.ret();

        CodeBlock block = Assembled.place(heap, assembler);

        // The heap lies where it wants to: usually out of reach, and the call works in any case.
        assertThat((int) block.bind(FunctionDescriptor.of(JAVA_INT, JAVA_INT)).invokeExact(-42)).isEqualTo(42);
    }

    @Test
    void anAddressThatTheAssemblerDidNotKnowIsFixedUp() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(JAVA_LONG, 42);
            Assembler assembler = new Assembler(Assembler.X86_64);
            assembler.mov(Asm.rcx, Asm.imm(0x7777_7777_7777_7777L));
            Fixup address = new Fixup.Abs64((long) assembler.offset() - Long.BYTES, number.address());
            assembler.mov(Asm.rax, Asm.qword_ptr(Asm.rcx, 0));
            assembler.ret();

            CodeBlock block = Assembled.place(heap, assembler, address);

            assertThat((long) block.bind(LONG).invokeExact()).isEqualTo(42);
        }
    }

    @Test
    void aFixupReplacesWhatTheAssemblerResolved() throws Throwable {
        CodeBlock wrong = Assembled.place(heap, MemorySegment.ofArray(Answer.of(1)));
        CodeBlock right = Assembled.place(heap, MemorySegment.ofArray(Answer.of(42)));
        Assembler assembler = new Assembler(Assembler.X86_64);
        assembler.call(wrong.address());
        Fixup call = new Fixup.Rel32((long) assembler.offset() - Integer.BYTES, right.address());
        assembler.ret();

        CodeBlock caller = Assembled.place(heap, assembler, call);

        assertThat((int) caller.bind(Answer.FUNCTION).invokeExact()).isEqualTo(42);
    }

    @Test
    void aWrongFixupLeavesNoBlock() {
        MemorySegment code = MemorySegment.ofArray(CALL_AND_RETURN);
        long before = heap.stats().liveBlockCount();

        assertThatThrownBy(() -> Assembled.place(heap, code, new Fixup.Rel32(3, 0)))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Assembled.place(heap, code, new Fixup.Rel32(1, 1L << 62)))
                .isInstanceOf(NotReachableException.class);
        assertThatThrownBy(() -> Assembled.place(heap, new Assembler(Assembler.X86_64)))
                .as("no instruction").isInstanceOf(IllegalArgumentException.class);
        assertThat(heap.stats().liveBlockCount()).isEqualTo(before);
    }

    /** Code for AArch64 cannot run here: the test reads the placed instructions. */
    @Test
    void codeForAnotherProcessorIsPlacedAndResolved() {
        CodeBlock target = Assembled.place(heap, MemorySegment.ofArray(Answer.of(1)));
        Assembler_A64 assembler = new Assembler_A64(CPU_A64.Aarch64);
        assembler.movz(Register.gpb(0), Immediate.imm(42), new Shift(0, 0));
        assembler.bl(Immediate.imm(target.address()));
        assembler.ret(Register.gpb(30));

        CodeBlock block = Assembled.place(heap, assembler);

        long distance = target.address() - (block.address() + Integer.BYTES);
        assertThat(block.executable().toArray(JAVA_INT)).startsWith(
                0xd2800540, // mov x0, #42
                0x94000000 | ((int) (distance / Integer.BYTES) & 0x3ffffff), // bl target
                0xd65f03c0); // ret
    }
}
