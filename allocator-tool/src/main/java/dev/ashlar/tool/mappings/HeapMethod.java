package dev.ashlar.tool.mappings;

import dev.ashlar.CodeBatch;
import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.PublishedBatch;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.stubs.AddressRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An Ashlar heap: publishes block by block, or in batches of sections. */
final class HeapMethod implements PublishMethod {

    /** Capacity for constants, and the same for data. */
    static final long OTHER_BYTE_SIZE = 16L << 20;

    /** Regions that are never committed lie between code, constants and data. */
    private static final long GUARD_BYTE_SIZE = 2L << 20;

    private static final long ALIGNMENT = 16;
    private static final long VARIABLE_BYTE_SIZE = 16;

    private final CodeHeap heap;
    private final boolean batched;
    private final Cell.Contents contents;
    private final List<AddressRange> views;

    /**
     * Takes over the heap: {@link #close()} closes it.
     *
     * @param batched whether a publication is a batch; the heap must write in place then
     */
    HeapMethod(CodeHeap heap, boolean batched, Cell.Contents contents) {
        this.heap = heap;
        this.batched = batched;
        this.contents = contents;
        this.views = views(heap.report());
    }

    /** On ALIAS the views of the code; otherwise also constants and data, which follow the code. */
    private static List<AddressRange> views(HeapReport report) {
        long codeByteSize = report.capacityByteSize();
        if (report.writePath().equals(Optional.of(WritePath.ALIAS))) {
            return List.of(AddressRange.ofSize(report.address(), codeByteSize),
                    AddressRange.ofSize(report.writableAddress(), codeByteSize));
        }
        return List.of(AddressRange.ofSize(report.address(),
                codeByteSize + 2 * (GUARD_BYTE_SIZE + OTHER_BYTE_SIZE)));
    }

    @Override
    public Publication open() {
        return batched ? new Batch(heap.openBatch(), contents) : new Single(heap);
    }

    @Override
    public List<AddressRange> views() {
        return views;
    }

    @Override
    public long committedByteSize() {
        return heap.committedByteSize();
    }

    @Override
    public long mprotectCallCount() {
        return heap.stats().mprotectCallCount();
    }

    @Override
    public void heal() {
        heap.heal();
    }

    @Override
    public Optional<LedgerReport> ledger() {
        return Optional.of(heap.ledger());
    }

    @Override
    public void close() {
        heap.close();
    }

    private static final class Single implements Publication {
        private final CodeHeap heap;
        private @Nullable CodeBlock block;

        private Single(CodeHeap heap) {
            this.heap = heap;
        }

        @Override
        public long write(int number, MemorySegment code) {
            CodeBlock fresh = heap.allocate(code.byteSize());
            fresh.writable().copyFrom(code);
            block = fresh;
            return fresh.address();
        }

        @Override
        public void publish() {
            Objects.requireNonNull(block).publish();
        }

        @Override
        public void free() {
            Objects.requireNonNull(block).free();
        }
    }

    private static final class Batch implements Publication {
        private final CodeBatch batch;
        private final Cell.Contents contents;
        private long constants;
        private @Nullable PublishedBatch published;

        private Batch(CodeBatch batch, Cell.Contents contents) {
            this.batch = batch;
            this.contents = contents;
        }

        @Override
        public long write(int number, MemorySegment code) {
            MemorySegment section = batch.allocate(Domain.CODE, code.byteSize(), ALIGNMENT);
            section.copyFrom(code);
            if (contents == Cell.Contents.UNITS) {
                MemorySegment table = batch.allocate(Domain.RODATA, Functions.CONSTANT_BYTE_SIZE, ALIGNMENT);
                table.set(ValueLayout.JAVA_INT, 0, number);
                batch.allocate(Domain.DATA, VARIABLE_BYTE_SIZE, ALIGNMENT).fill((byte) 1);
                constants = table.address();
            }
            return section.address();
        }

        @Override
        public long constants() {
            return constants;
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
