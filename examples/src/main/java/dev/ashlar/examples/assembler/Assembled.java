package dev.ashlar.examples.assembler;

import dev.ashlar.CodeAllocator;
import dev.ashlar.CodeBlock;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.BlockStateException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import jnr.a64asm.Assembler_A64;
import jnr.x86asm.Assembler;

/**
 * Places assembled code in a block: the address is known first, then the code is written for it, then fields are fixed
 * up, then the block is published. If a step fails, the block is freed.
 */
public final class Assembled {
    private Assembled() {}

    /**
     * Places code of jnr-x86asm. Its calls and jumps to addresses are resolved for the address of the block; a target
     * that rel32 does not reach gets a jump behind the code, for which the assembler's {@code codeSize()} has room.
     *
     * @param allocator where the block comes from
     * @param assembler all instructions; labels are bound
     * @param fixups fields to write after that, also such as the assembler has resolved
     * @return the block, published
     * @throws AshlarException if there is no room, a target is out of reach, or the heap is closed
     * @throws IndexOutOfBoundsException if a field lies outside
     */
    public static CodeBlock place(CodeAllocator allocator, Assembler assembler, Fixup... fixups) {
        return place(allocator, assembler.codeSize(),
                block -> assembler.relocCode(buffer(block), block.address()), List.of(fixups));
    }

    /**
     * Places code of jnr-a64asm, for example to inspect it: it does not run on x86-64. Its calls by {@code bl} are
     * resolved for the address of the block and reach 128 MiB. The assembler prints a line if a target is farther away,
     * and writes a wrong distance, so build the heap near the targets. Version 1.0.0 encodes {@code b} as {@code bl}.
     *
     * @param allocator where the block comes from
     * @param assembler all instructions
     * @param fixups fields to write after that; {@link Fixup.Abs64} suits entries of a table behind the code
     * @return the block, published
     * @throws AshlarException if there is no room, or the heap is closed
     * @throws IndexOutOfBoundsException if a field lies outside
     */
    public static CodeBlock place(CodeAllocator allocator, Assembler_A64 assembler, Fixup... fixups) {
        return place(allocator, assembler.codeSize(),
                block -> assembler.relocCode(buffer(block), block.address()), List.of(fixups));
    }

    /**
     * Places bytes.
     *
     * @param allocator where the block comes from
     * @param code the bytes, native or on the Java heap
     * @param fixups fields to write after that
     * @return the block, published
     * @throws AshlarException if there is no room, a target is out of reach, or the heap is closed
     * @throws IndexOutOfBoundsException if a field lies outside
     */
    public static CodeBlock place(CodeAllocator allocator, MemorySegment code, Fixup... fixups) {
        Objects.requireNonNull(code, "code");
        return place(allocator, code.byteSize(), block -> block.writable().copyFrom(code), List.of(fixups));
    }

    private static CodeBlock place(
            CodeAllocator allocator, long byteSize, Consumer<CodeBlock> write, List<Fixup> fixups) {
        CodeBlock block = Objects.requireNonNull(allocator, "allocator").allocate(byteSize);
        try {
            write.accept(block);
            fixups.forEach(fixup -> fixup.apply(block));
            block.publish();
            return block;
        } catch (RuntimeException | Error failed) {
            try {
                block.free();
            } catch (BlockStateException managed) {
                // Its group or the garbage collector frees it.
            }
            throw failed;
        }
    }

    /** {@return the writable memory of a block, as the assemblers expect it} Both are little-endian, as processors. */
    private static ByteBuffer buffer(CodeBlock block) {
        return block.writable().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
