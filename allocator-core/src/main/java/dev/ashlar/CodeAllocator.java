package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WritePathException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Hands out memory for code: a {@link CodeHeap}, whose blocks the caller frees one by one, a {@link CodeGroup}, whose
 * blocks are freed together, or {@link CollectedCode}, which the garbage collector frees.
 *
 * <p>All methods may be called by any thread. Those of a group throw {@link BlockStateException} after its close.
 */
public sealed interface CodeAllocator permits CodeHeap, CodeGroup, CollectedCode {
    /**
     * Takes a block of executable memory.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @return the block, writable, filled with trapping instructions, aligned to 16 bytes
     * @throws IllegalArgumentException if the size is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    CodeBlock allocate(long byteSize);

    /**
     * Takes a block of executable memory and names it, as {@link CodeBlock#named} does.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param name 1 to 1,000 characters; names need not be unique
     * @return the block, writable, filled with trapping instructions, aligned to 16 bytes
     * @throws IllegalArgumentException if the size is out of range, or the name is empty or too long
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    default CodeBlock allocate(long byteSize, String name) {
        // First what can be refused: the caller would lose the block.
        Arguments.requireCodeName(name);
        return allocate(byteSize).named(name);
    }

    /**
     * Takes a block of executable memory at an aligned address.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link CodeHeap#LARGEST_ALIGNMENT}; it holds for both views of the
     *     block
     * @return the block, writable, filled with trapping instructions
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    default CodeBlock allocate(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment, Temperature.HOT);
    }

    /**
     * Takes a block of executable memory at an aligned address, near others that are expected to run as often: cold
     * blocks lie in regions of their own if the span has room for that.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link CodeHeap#LARGEST_ALIGNMENT}; it holds for both views of the
     *     block
     * @param temperature how often the code is expected to run; the other methods use {@link Temperature#HOT}
     * @return the block, writable, filled with trapping instructions
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    CodeBlock allocate(long byteSize, long byteAlignment, Temperature temperature);

    /**
     * Allocates, copies and publishes in one step.
     *
     * @param code machine code that may run at any address, at least one byte
     * @return the block, published
     * @throws IllegalArgumentException if there are no bytes, or more than the heap's capacity
     * @throws HeapExhaustedException if there is no room
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS
     * @throws HeapClosedException if the heap is closed
     */
    default CodeBlock define(byte[] code) {
        return define(MemorySegment.ofArray(Objects.requireNonNull(code, "code")));
    }

    /**
     * Allocates, copies and publishes in one step.
     *
     * @param code machine code that may run at any address, at least one byte; on the Java heap or native
     * @return the block, published
     * @throws IllegalArgumentException if there are no bytes, or more than the heap's capacity
     * @throws HeapExhaustedException if there is no room
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS
     * @throws HeapClosedException if the heap is closed
     */
    CodeBlock define(MemorySegment code);

    /**
     * Allocates, names, copies and publishes in one step. See {@link CodeBlock#named} for what a name is good for.
     *
     * @param code machine code that may run at any address, at least one byte
     * @param name 1 to 1,000 characters; names need not be unique
     * @return the block, published
     * @throws IllegalArgumentException if there are no bytes, or more than the heap's capacity, or if the name is empty
     *     or too long
     * @throws HeapExhaustedException if there is no room
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS
     * @throws HeapClosedException if the heap is closed
     */
    default CodeBlock define(byte[] code, String name) {
        return define(MemorySegment.ofArray(Objects.requireNonNull(code, "code")), name);
    }

    /**
     * Allocates, names, copies and publishes in one step. See {@link CodeBlock#named} for what a name is good for.
     *
     * @param code machine code that may run at any address, at least one byte; on the Java heap or native
     * @param name 1 to 1,000 characters; names need not be unique
     * @return the block, published
     * @throws IllegalArgumentException if there are no bytes, or more than the heap's capacity, or if the name is empty
     *     or too long
     * @throws HeapExhaustedException if there is no room
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS
     * @throws HeapClosedException if the heap is closed
     */
    default CodeBlock define(MemorySegment code, String name) {
        return define(code, name, Frame.STANDARD);
    }

    /**
     * Allocates, names, copies and publishes in one step code that has a frame of its own.
     *
     * @param code machine code that may run at any address, at least one byte; on the Java heap or native
     * @param name 1 to 1,000 characters; names need not be unique
     * @param frame how the stack looks while it runs, for the tools of {@link CodeHeapBuilder#visibility}
     * @return the block, published
     * @throws IllegalArgumentException if there are no bytes, or more than the heap's capacity, or if the name is empty
     *     or too long
     * @throws HeapExhaustedException if there is no room
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS
     * @throws HeapClosedException if the heap is closed
     */
    CodeBlock define(MemorySegment code, String name, Frame frame);

    /**
     * Takes memory for one compilation unit: code, the constants that it reads and the variables that it writes, each
     * in regions of its domain, all within reach of each other by a 32-bit displacement. The parts are published and
     * freed together.
     *
     * <p>One small unit commits at least a region of 2 MiB for each domain that it uses. The heap has the first for
     * code from the start. {@link ConstantPlacement#WITH_CODE} saves the one for constants.
     *
     * @param sizes bytes and alignment of the parts
     * @return the unit, writable: code filled with trapping instructions, the rest zero
     * @throws IllegalArgumentException if a size is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    default CodeUnit allocateUnit(UnitSizes sizes) {
        return allocateUnit(sizes, Temperature.HOT);
    }

    /**
     * Takes memory for one compilation unit as {@link #allocateUnit(UnitSizes)}, with its code near other code that is
     * expected to run as often.
     *
     * @param sizes bytes and alignment of the parts
     * @param temperature how often the code is expected to run
     * @return the unit, writable: code filled with trapping instructions, the rest zero
     * @throws IllegalArgumentException if a size is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    CodeUnit allocateUnit(UnitSizes sizes, Temperature temperature);

    /**
     * Allocates a unit, copies code and constants to it, lets the caller relocate them, and publishes it.
     *
     * {@snippet :
     * CodeUnit unit = heap.define(code, constants, made -> made.code()
     *         .rel32(4, made.constants().orElseThrow().address()));
     * }
     *
     * @param code machine code, at least one byte; on the Java heap or native
     * @param constants the read-only data of the code; no bytes if it has none
     * @param relocation writes what depends on addresses ({@link Relocatable}); if it throws, the unit is freed
     * @return the unit, published
     * @throws IllegalArgumentException if there are no bytes of code, or more than the heap's capacity
     * @throws HeapExhaustedException if there is no room
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS
     * @throws HeapClosedException if the heap is closed
     */
    default CodeUnit define(MemorySegment code, MemorySegment constants, Consumer<? super CodeUnit> relocation) {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(constants, "constants");
        Objects.requireNonNull(relocation, "relocation");
        return CodeUnit.define(this, code, constants, relocation);
    }

    /**
     * Opens a batch, for a linker or a generator that asks for one section after the other. A generator that must write
     * code at the addresses at which it will run needs a heap on write path {@link WritePath#IN_PLACE}.
     *
     * @return the batch, for the current thread until that hands it over; it keeps the heap open until it is published
     *     or abandoned
     * @throws HeapClosedException if the heap is closed
     */
    CodeBatch openBatch();

    /**
     * Opens a batch as {@link #openBatch()}, and says where its read-only data lies. The choice {@link
     * ConstantPlacement#WITH_CODE} is for many small batches on write path {@link WritePath#IN_PLACE}: constants share
     * the pages of their code, so that a batch holds one row of pages and not two. Such constants can be executed, as
     * the code beside them. It is the one exception to the rule that a region holds one domain.
     *
     * @param constants with the code or in regions of their own
     * @return the batch, for the current thread until that hands it over; it keeps the heap open until it is published
     *     or abandoned
     * @throws HeapClosedException if the heap is closed
     */
    CodeBatch openBatch(ConstantPlacement constants);
}
