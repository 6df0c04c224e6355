package dev.ashlar.tool.memory;

import dev.ashlar.memory.Temperature;
import dev.ashlar.report.HeapStats;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * An allocator of executable memory, reduced to what a JIT compiler does with one: ask for room, write the code, make
 * it callable, give the room back.
 *
 * <p>Addresses are where the code runs. Nothing here allocates Java objects, so that a benchmark measures the allocator
 * and not the collector. Sizes are handed in again on {@link #publish} and {@link #free}: a JIT knows them, and a rival
 * that needs them is not made to pay for a table.
 */
public interface BlockMemory extends AutoCloseable {

    /** {@return the name in results, such as {@code ashlar} or {@code mmap+mprotect}} */
    String label();

    /** {@return the executable address of {@code byteSize} fresh bytes} */
    long allocate(long byteSize);

    /** The same with a hint, which only ours takes. */
    default long allocate(long byteSize, Temperature temperature) {
        return allocate(byteSize);
    }

    /** Writes the first {@code byteSize} bytes of {@code source} to the start of the block at {@code address}. */
    void write(long address, MemorySegment source, long byteSize);

    /** Makes what was written callable on every thread. */
    void publish(long address, long byteSize);

    /** Gives the block back. */
    void free(long address, long byteSize);

    /** {@return mprotect calls made so far for the blocks of this memory} */
    long mprotectCallCount();

    /** {@return what a heap of ours says of itself now; empty for a rival} */
    default Optional<HeapStats> stats() {
        return Optional.empty();
    }

    /** {@return bytes of committed regions of a heap of ours now, a plain read; 0 for a rival} */
    default long committedByteSize() {
        return 0;
    }

    /** Gives everything back, live blocks included where the allocator can find them. */
    @Override
    void close();
}
