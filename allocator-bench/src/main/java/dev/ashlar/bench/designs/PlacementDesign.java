package dev.ashlar.bench.designs;

/**
 * A way to place blocks of machine code in a span of address space that is committed by regions of 2 MiB.
 *
 * <p>A design decides at which offset a block lies; no byte of the span is touched. The size is handed in again when a
 * block is freed, so that a design that does not need to find it is not made to pay for a table. Not thread-safe.
 */
public interface PlacementDesign extends AutoCloseable {

    /** Bytes of a small page. */
    int PAGE_BYTE_SIZE = 1 << 12;

    /** Bytes of a region, the unit that is committed, mapped huge and released. */
    int REGION_BYTE_SIZE = 1 << 21;

    /**
     * Takes a place.
     *
     * @param byteSize bytes, at least 1
     * @return its first byte, counted from the start of the span
     * @throws SpanFullException if no place is left and no region to commit
     */
    long allocate(long byteSize);

    /** Gives a place back. Pre: {@code allocate(byteSize)} returned {@code offset}, and it was not freed since. */
    void free(long offset, long byteSize);

    /** {@return bytes of memory that are committed now; called after every event, so it is kept and not counted} */
    long committedByteSize();

    /** {@return what the design occupies now; may take a while} */
    Footprint footprint();

    /** {@return how memory comes and permissions change: by region, or with every block} */
    default CommitUnit commitUnit() {
        return CommitUnit.REGION;
    }

    /** Releases every region without a block. */
    void trim();

    /** Throws where the design's own records contradict each other. */
    default void checkInvariants() {
        // Some have one record only.
    }

    /** Gives back what the design itself holds of the system, if anything. */
    @Override
    default void close() {
        // Most are arrays only.
    }

    /** What is mapped, protected and unmapped as one. */
    enum CommitUnit {
        /** A region: mapped when it is committed, unmapped when it is released. */
        REGION,
        /** Each block: mapped, given its permissions, unmapped. */
        BLOCK
    }
}
