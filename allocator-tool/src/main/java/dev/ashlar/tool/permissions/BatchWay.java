package dev.ashlar.tool.permissions;

import dev.ashlar.CodeBatch;
import dev.ashlar.CodeHeap;
import dev.ashlar.PublishedBatch;
import dev.ashlar.memory.Domain;
import dev.ashlar.stubs.AddressRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ours, in batches: each function is a section, or three, that is written where it will be. Thread-safe. */
final class BatchWay implements Way {

    private static final long ALIGNMENT = 16;

    /** Variables of a unit. */
    private static final long VARIABLE_BYTE_SIZE = 16;

    private final CodeHeap heap;
    private final Cell.Contents contents;
    private final List<AddressRange> views;

    /** Takes over the heap, which must be written in place: {@link #close()} closes it. */
    BatchWay(CodeHeap heap, Cell.Contents contents) {
        this.heap = heap;
        this.contents = contents;
        this.views = HeapViews.of(heap.report());
    }

    @Override
    public Publication open() {
        return new Batch(heap.openBatch(), contents);
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
    public CellFigures.Books books() {
        return CellFigures.Books.of(heap.ledger());
    }

    @Override
    public void close() {
        heap.close();
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
            if (published == null) {
                throw new IllegalStateException("the batch is open");
            }
            published.free();
        }
    }
}
