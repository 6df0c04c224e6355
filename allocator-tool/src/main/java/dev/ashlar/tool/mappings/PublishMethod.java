package dev.ashlar.tool.mappings;

import dev.ashlar.BatchSection;
import dev.ashlar.CodeBatch;
import dev.ashlar.CodeHeap;
import dev.ashlar.PublishedBatch;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.CodeHeapMemory;
import dev.ashlar.tool.memory.MappingPerFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes functions executable, each in a block of its own or in batches of a heap. Thread-safe only if its cell has
 * several publications open at once.
 *
 * @param views the address ranges of the views, made of whole regions; empty if each function has its own mapping
 * @param heap the heap whose blocks {@code memory} gives out; null for a naive method
 * @param batches the cell whose functions are published in batches; null if each is published alone
 */
record PublishMethod(BlockMemory memory, List<AddressRange> views, @Nullable CodeHeap heap, @Nullable Cell batches)
        implements AutoCloseable {

    static final long PAGE_BYTE_SIZE = 4096;
    static final long REGION_BYTE_SIZE = 2L << 20;

    /** Capacity for constants, and the same for data. */
    private static final long OTHER_BYTE_SIZE = 16L << 20;

    private static final long ALIGNMENT = 16;
    private static final long VARIABLE_BYTE_SIZE = 16;

    /** {@return a method that gives each function a block of a heap; closing it closes the heap} */
    static PublishMethod ofBlocks(CodeHeap heap) {
        return new PublishMethod(new CodeHeapMemory(heap), views(heap.report()), heap, null);
    }

    /** {@return the plainest naive method: mmap read+write, copy, mprotect read+execute, munmap, for each function} */
    static PublishMethod ofMappings() {
        return new PublishMethod(new MappingPerFunction(Libc.system()), List.of(), null, null);
    }

    /**
     * {@return the method of a cell, with room for its functions; the caller closes it}
     *
     * @throws CommandException if the kernel refuses memory to a naive method
     * @throws AshlarException if this host cannot provide the heap
     */
    static PublishMethod of(Cell cell, int functionCount) {
        // A page for each function, and as much again for what is between.
        int regionCountMax = (int) (functionCount * PAGE_BYTE_SIZE * 2 / REGION_BYTE_SIZE) + 16;
        return switch (cell.kind()) {
            case MAPPING -> ofMappings();
            case FLIPS -> {
                FlippedPages pages = new FlippedPages(Libc.system(), regionCountMax);
                yield new PublishMethod(pages, List.of(pages.range()), null, null);
            }
            case ALIAS, POKE, IN_PLACE -> {
                CodeHeap heap = heap(cell, regionCountMax * REGION_BYTE_SIZE);
                yield cell.isBatched()
                        ? new PublishMethod(new CodeHeapMemory(heap), views(heap.report()), heap, cell)
                        : ofBlocks(heap);
            }
        };
    }

    private static CodeHeap heap(Cell cell, long capacity) {
        return CodeHeap.builder()
                .name(cell.id())
                .memory(memory(cell.backing()))
                .writePath(WritePath.valueOf(cell.kind().name()))
                .capacity(capacity)
                .constantCapacity(OTHER_BYTE_SIZE)
                .dataCapacity(OTHER_BYTE_SIZE)
                // Another thread would commit them during a look, which would take a region without pages for a split.
                .withoutPreparedRegions()
                .build();
    }

    /** {@return what to ask for to get a backing} */
    static MemoryDemand memory(Backing backing) {
        return switch (backing) {
            case HUGETLB -> MemoryDemand.HUGETLB;
            case SHMEM_THP, ANON_THP -> MemoryDemand.THP;
            case SMALL -> MemoryDemand.SMALL;
            case SECRET -> throw new IllegalArgumentException("no code lies in " + backing);
        };
    }

    /** On ALIAS the views of the code; otherwise also constants and data, which follow the code. */
    private static List<AddressRange> views(HeapReport report) {
        long codeByteSize = report.capacityByteSize();
        if (report.writePath().equals(Optional.of(WritePath.ALIAS))) {
            return List.of(AddressRange.ofSize(report.address(), codeByteSize),
                    AddressRange.ofSize(report.writableAddress(), codeByteSize));
        }
        // Regions that are never committed lie between code, constants and data.
        return List.of(AddressRange.ofSize(report.address(),
                codeByteSize + 2 * (REGION_BYTE_SIZE + OTHER_BYTE_SIZE)));
    }

    /** {@return an empty publication; confined to the calling thread until it is published} */
    Publication open() {
        return batches == null || heap == null ? new Single() : new Batch(heap.openBatch(), batches.contents());
    }

    /** {@return bytes of memory in use now, counted once for all views} */
    long committedByteSize(Functions functions) {
        return views.isEmpty() ? functions.pagesByteSize() : memory.committedByteSize();
    }

    /** {@return mprotect calls made since the method was opened} */
    long mprotectCallCount() {
        return memory.mprotectCallCount();
    }

    /** Repairs split mappings now. The naive methods do not track splits. */
    void heal() {
        if (heap != null) {
            heap.heal();
        }
    }

    /** {@return the ledger of a heap} */
    Optional<LedgerReport> ledger() {
        return Optional.ofNullable(heap).map(CodeHeap::ledger);
    }

    @Override
    public void close() {
        memory.close();
    }

    /** Functions that become executable in one step and are freed in one. */
    interface Publication {

        /**
         * Takes room for a function, writes it, and records where it will run once it is published.
         *
         * @param number what it returns, and its first constant if it has any
         * @param code the function, which may run at any address
         */
        void write(Functions functions, int number, MemorySegment code);

        /** Makes everything written executable; on the thread that opened it. */
        void publish();

        /** Frees everything; once, after {@link #publish}, on any thread while no other thread uses the method. */
        void free();
    }

    private final class Single implements Publication {
        private long address;
        private long byteSize;

        @Override
        public void write(Functions functions, int number, MemorySegment code) {
            byteSize = code.byteSize();
            address = memory.allocate(byteSize);
            memory.write(address, code, byteSize);
            functions.record(number, address, Functions.NOWHERE);
        }

        @Override
        public void publish() {
            memory.publish(address, byteSize);
        }

        @Override
        public void free() {
            memory.free(address, byteSize);
        }
    }

    private static final class Batch implements Publication {
        private final CodeBatch batch;
        private final Cell.Contents contents;
        private @Nullable PublishedBatch published;

        private Batch(CodeBatch batch, Cell.Contents contents) {
            this.batch = batch;
            this.contents = contents;
        }

        @Override
        public void write(Functions functions, int number, MemorySegment code) {
            long constants = Functions.NOWHERE;
            BatchSection section = batch.allocate(Domain.CODE, code.byteSize(), ALIGNMENT);
            section.writable().copyFrom(code);
            if (contents == Cell.Contents.UNITS) {
                BatchSection table = batch.allocate(Domain.RODATA, Functions.CONSTANT_BYTE_SIZE, ALIGNMENT);
                table.writable().set(ValueLayout.JAVA_INT, 0, number);
                batch.allocate(Domain.DATA, VARIABLE_BYTE_SIZE, ALIGNMENT).writable().fill((byte) 1);
                constants = table.address();
            }
            functions.record(number, section.address(), constants);
        }

        @Override
        public void publish() {
            published = batch.publish();
        }

        @Override
        public void free() {
            Objects.requireNonNull(published).free();
        }
    }
}
