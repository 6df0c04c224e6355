package dev.ashlar;

import dev.ashlar.heap.Lifetime;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.NotReachableException;
import java.lang.foreign.MemorySegment;

/**
 * Memory that is written at one address and used at another: a block, a part of a unit or a section of a batch. Its
 * methods write the fields of instructions and tables that depend on the address of use.
 *
 * {@snippet :
 * CodeUnit unit = heap.allocateUnit(new UnitSizes(12, 8, 0));
 * unit.code().writable().copyFrom(code);                              // call rel32; mov rax, [rip + disp32]
 * unit.code().rel32(1, function);                                     // the call
 * unit.code().rel32(8, unit.constants().orElseThrow().address());     // the load
 * unit.publish();
 * }
 *
 * <p>A field is written as any byte of {@link #writable()}: before the memory is published, and in data at all times.
 * To change published code, see {@link Patchable}. The methods may be called by each thread that may call {@link
 * #writable()}. The caller sees to it that no two threads write the same bytes at once.
 */
public sealed interface Relocatable permits CodeBlock, UnitPart, BatchSection {
    /**
     * {@return the address at which the memory will be run, read or written; it never changes}
     *
     * @throws BlockStateException if it is a block or a part of a unit of a {@link CodeGroup} that is closed
     * @throws HeapClosedException if the heap is closed
     */
    long address();

    /**
     * {@return the size in bytes}
     *
     * @throws BlockStateException if it is a block or a part of a unit of a {@link CodeGroup} that is closed
     * @throws HeapClosedException if it is a block or a part of a unit, and the heap is closed
     */
    long byteSize();

    /**
     * {@return the memory to write through}
     *
     * @throws BlockStateException if the memory is published or freed
     * @throws WrongThreadException if it is a section of a batch that another thread uses
     * @throws HeapClosedException if the heap is closed
     */
    MemorySegment writable();

    /**
     * Writes the last 4 bytes of an instruction: the distance from its end to a target. That is the field of a call, of
     * a jump, and of an access relative to the instruction pointer that has no immediate value behind the displacement.
     *
     * @param offset where the field starts, in bytes
     * @param target the address to reach
     * @throws NotReachableException if the distance does not fit; nothing is written
     * @throws IndexOutOfBoundsException if the field lies outside
     * @throws BlockStateException if the memory is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    default void rel32(long offset, long target) {
        rel32(offset, target, Integer.BYTES);
    }

    /**
     * Writes 4 bytes of an instruction that do not end it: the distance from its end to a target.
     *
     * @param offset where the field starts, in bytes
     * @param target the address to reach
     * @param bytesToEnd bytes from the start of the field to the end of the instruction, 4 to 12: 4, and those of the
     *     immediate value behind the field
     * @throws NotReachableException if the distance does not fit; nothing is written
     * @throws IllegalArgumentException if {@code bytesToEnd} is out of range
     * @throws IndexOutOfBoundsException if the field or the end of the instruction lies outside
     * @throws BlockStateException if the memory is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    default void rel32(long offset, long target, int bytesToEnd) {
        if (bytesToEnd < Integer.BYTES || bytesToEnd > Integer.BYTES + Long.BYTES) {
            throw new IllegalArgumentException(
                    "end of the instruction out of range: bytesToEnd=" + bytesToEnd + ", allowed=4 to 12");
        }
        MemorySegment writable = writable(this, "rel32()", offset, bytesToEnd);
        long instructionEnd = address() + offset + bytesToEnd;
        long distance = target - instructionEnd;
        if (distance != (int) distance) {
            throw NotReachableException.rel32("rel32()", instructionEnd, target);
        }
        setFour(this, writable, offset, (int) distance);
    }

    /**
     * Writes an address of 8 bytes: an immediate value of an instruction, or an entry of a table.
     *
     * @param offset where the field starts, in bytes
     * @param target the address to write
     * @throws IndexOutOfBoundsException if the field lies outside
     * @throws BlockStateException if the memory is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    default void abs64(long offset, long target) {
        MemorySegment writable = writable(this, "abs64()", offset, Long.BYTES);
        setEight(this, writable, offset, target);
    }

    /**
     * Writes an address of 4 bytes, which the processor extends with zeros or its sign: for code that uses addresses
     * below 2 GiB ({@link CodeHeapBuilder#belowTwoGibibytes}).
     *
     * @param offset where the field starts, in bytes
     * @param target the address to write
     * @throws NotReachableException if the address is not below 2 GiB; nothing is written
     * @throws IndexOutOfBoundsException if the field lies outside
     * @throws BlockStateException if the memory is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    default void abs32(long offset, long target) {
        MemorySegment writable = writable(this, "abs32()", offset, Integer.BYTES);
        if (target < 0 || target > Integer.MAX_VALUE) {
            throw NotReachableException.abs32("abs32()", target);
        }
        setFour(this, writable, offset, (int) target);
    }

    /** {@return what to write a field through, after a look at its place, then at the state of the memory} */
    private static MemorySegment writable(Relocatable memory, String action, long offset, long byteSize) {
        long memoryByteSize = memory.byteSize();
        if (offset < 0 || offset > memoryByteSize - byteSize) {
            throw new IndexOutOfBoundsException(action + " failed: bytes outside the memory at 0x"
                    + Long.toHexString(memory.address()) + " of " + lifeOf(memory).name() + ": offset=" + offset
                    + ", byteSize=" + byteSize + ", allowed up to=" + memoryByteSize);
        }
        return memory.writable();
    }

    private static void setFour(Relocatable memory, MemorySegment writable, long offset, int value) {
        try {
            writable.set(CodeFields.FOUR_BYTES, offset, value);
        } catch (IllegalStateException e) {
            throw ended(memory, e);
        }
    }

    private static void setEight(Relocatable memory, MemorySegment writable, long offset, long value) {
        try {
            writable.set(CodeFields.EIGHT_BYTES, offset, value);
        } catch (IllegalStateException e) {
            throw ended(memory, e);
        }
    }

    /** {@return what to throw if another thread ended the segment since the caller got it} */
    private static RuntimeException ended(Relocatable memory, IllegalStateException failure) {
        RuntimeException reason = lifeOf(memory).endedOr(failure);
        // This throws if the other thread published or freed the memory.
        var _ = memory.writable();
        return reason;
    }

    private static Lifetime lifeOf(Relocatable memory) {
        return switch (memory) {
            case CodeBlock block -> block.life();
            case UnitPart part -> part.life();
            case BatchSection section -> section.life();
        };
    }
}
