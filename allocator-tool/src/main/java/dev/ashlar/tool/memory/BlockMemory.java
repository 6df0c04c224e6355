package dev.ashlar.tool.memory;

import dev.ashlar.memory.Temperature;
import dev.ashlar.report.HeapStats;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A source of native memory blocks: allocates a block, writes it, makes it callable, frees it.
 *
 * <p>A block is an address. The caller passes the size again to {@link #publish} and {@link #free}: it knows the size,
 * and a memory that needs it does not have to pay for a table.
 *
 * <p>The caller numbers its live blocks. A <i>slot</i> is a number that holds at most one block at a time. A memory
 * whose blocks are Java objects, such as buffers, keeps each object in its slot, as a user would keep it in a field.
 * All others ignore the slot, and can be called without it. Two threads must not use one slot at the same time.
 */
public interface BlockMemory extends AutoCloseable {

    /**
     * Allocates a block.
     *
     * @param slot an empty slot, less than the number of slots that the memory was opened with
     * @param byteSize bytes, at least 1
     * @return the address of the block, aligned to at least 8 bytes; code runs at this address
     */
    long allocate(int slot, long byteSize);

    /** Allocates a block from a memory that ignores slots. */
    default long allocate(long byteSize) {
        return allocate(0, byteSize);
    }

    /** Allocates a block with a hint, which only a {@link dev.ashlar.CodeHeap} uses. */
    default long allocate(long byteSize, Temperature temperature) {
        return allocate(byteSize);
    }

    /** Writes the first {@code byteSize} bytes of {@code source} to the start of a block. */
    default void write(long address, MemorySegment source, long byteSize) {
        MemorySegment.copy(source, 0, RawMemory.EVERYTHING, address, byteSize);
    }

    /** Makes the written code callable on every thread. Does nothing if the memory holds data. */
    default void publish(long address, long byteSize) {
        // By default, what was written can be used at once.
    }

    /**
     * Frees a block.
     *
     * @param slot the slot in which it was allocated
     * @param address its address
     * @param byteSize the size that was requested
     */
    void free(int slot, long address, long byteSize);

    /** Frees a block of a memory that ignores slots. */
    default void free(long address, long byteSize) {
        free(0, address, byteSize);
    }

    /** {@return the number of mprotect calls made so far for these blocks} */
    default long mprotectCallCount() {
        return 0;
    }

    /** {@return the statistics of the Ashlar heap; empty for other allocators} */
    default Optional<HeapStats> stats() {
        return Optional.empty();
    }

    /** {@return the committed bytes of the Ashlar heap, by a plain read; 0 for other allocators} */
    default long committedByteSize() {
        return 0;
    }

    /** Frees everything that the allocator can find. By default it cannot find its live blocks. */
    @Override
    default void close() {
        // The live blocks stay until the process ends.
    }
}
