package dev.ashlar.tool.mappings;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Makes functions executable. Thread-safe only if its cell has several publications open at once. */
interface PublishMethod extends AutoCloseable {

    long PAGE_BYTE_SIZE = 4096;
    long REGION_BYTE_SIZE = 2L << 20;

    /** {@return an empty publication; confined to the calling thread until it is published} */
    Publication open();

    /**
     * {@return the address ranges of the method's views, made of whole regions; empty if each function has its own
     * mapping}
     */
    List<AddressRange> views();

    /** {@return bytes of memory in use now, counted once for all views} */
    long committedByteSize();

    /** {@return mprotect calls made since the method was opened} */
    long mprotectCallCount();

    /** Repairs split mappings now, if the method does so at all. */
    default void heal() {
        // The naive methods do not track splits.
    }

    /** {@return the method's own ledger, if it keeps one} */
    default Optional<LedgerReport> ledger() {
        return Optional.empty();
    }

    @Override
    void close();

    /** Functions that become executable in one step and are freed in one. */
    interface Publication {

        /**
         * Takes room for a function and writes it.
         *
         * @param number what it returns, and its first constant if it has any
         * @param code the function, which may run at any address
         * @return where it will run once it is published
         */
        long write(int number, MemorySegment code);

        /** {@return the address of the constants of the function written last; 0 if it has none} */
        default long constants() {
            return 0;
        }

        /** Makes everything written executable; on the thread that opened it. */
        void publish();

        /** Frees everything; once, after {@link #publish}, on any thread while no other thread uses the method. */
        void free();
    }

    /**
     * {@return the method of a cell, with room for its functions; the caller closes it}
     *
     * @throws CommandException if this host cannot provide what it needs
     */
    static PublishMethod open(Cell cell, int functionCount) {
        // A page for each function, and as much again for what is between.
        int regionCountMax = (int) (functionCount * PAGE_BYTE_SIZE * 2 / REGION_BYTE_SIZE) + 16;
        return switch (cell.kind()) {
            case ALIAS -> heap(cell, WritePath.ALIAS, regionCountMax);
            case POKE -> heap(cell, WritePath.POKE, regionCountMax);
            case IN_PLACE -> heap(cell, WritePath.IN_PLACE, regionCountMax);
            case MAPPING -> new MappingMethod(Libc.system());
            case FLIPS -> new FlipMethod(Libc.system(), regionCountMax);
        };
    }

    private static PublishMethod heap(Cell cell, WritePath path, int regionCountMax) {
        try {
            return new HeapMethod(CodeHeap.builder()
                    .name(cell.id())
                    .memory(memory(cell.backing()))
                    .writePath(path)
                    .capacity(regionCountMax * REGION_BYTE_SIZE)
                    .constantCapacity(HeapMethod.OTHER_BYTE_SIZE)
                    .dataCapacity(HeapMethod.OTHER_BYTE_SIZE)
                    .build(), cell.isBatched(), cell.contents());
        } catch (AshlarException refused) {
            throw new CommandException(ExitCode.HOST, String.valueOf(refused.getMessage()));
        }
    }

    private static MemoryDemand memory(Backing backing) {
        return switch (backing) {
            case HUGETLB -> MemoryDemand.HUGETLB;
            case SHMEM_THP, ANON_THP -> MemoryDemand.THP;
            case SMALL -> MemoryDemand.SMALL;
            case SECRET -> throw new IllegalArgumentException("no code lies in " + backing);
        };
    }
}
