package dev.ashlar.bench.rivals;

import dev.ashlar.report.HeapStats;
import java.util.Optional;

/**
 * An allocator of read-write memory, reduced to addresses: ask for room, use it, give it back.
 *
 * <p>The caller numbers its live blocks: a <i>slot</i> is a number that holds at most one block at a time. Memories
 * that hand out addresses ignore it; those that hand out Java objects keep the object there, as their users would keep
 * it in a field, so that the free finds it without a search. Two threads do not use one slot at the same time.
 */
public interface DataMemory extends AutoCloseable {

    /** {@return the name in results, such as {@code jemalloc-critical}} */
    String label();

    /**
     * Takes a block.
     *
     * @param slot a slot that holds none, 0 to the number of slots that the memory was opened with, exclusive
     * @param byteSize bytes, at least 1
     * @return the address of {@code byteSize} bytes, aligned to 8 at least; contents unspecified
     */
    long allocate(int slot, long byteSize);

    /**
     * Gives a block back; any thread may, where {@link DataRival#freesAnywhere()}.
     *
     * @param slot where it was allocated
     * @param address its address
     * @param byteSize the size that was asked for
     */
    void free(int slot, long address, long byteSize);

    /** {@return what a heap of ours says of itself now; empty for a rival} */
    default Optional<HeapStats> stats() {
        return Optional.empty();
    }

    /** {@return bytes of committed regions of a heap of ours now, a plain read; 0 for a rival} */
    default long committedByteSize() {
        return 0;
    }

    /** Gives everything back that the memory can find; not every kind finds live blocks. */
    @Override
    void close();
}
