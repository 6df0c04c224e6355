package dev.ashlar.bench.permissions;

import dev.ashlar.CodeBatch;
import dev.ashlar.CodeHeap;
import dev.ashlar.PublishedBatch;
import dev.ashlar.memory.Domain;
import dev.ashlar.stubs.AddressRange;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ours, in batches: each function is a section that is written where it will run. Thread-safe. */
final class BatchWay implements Way {

    private static final long ALIGNMENT = 16;

    private final CodeHeap heap;
    private final List<AddressRange> views;

    /** Takes over the heap, which must be written in place: {@link #close()} closes it. */
    BatchWay(CodeHeap heap) {
        this.heap = heap;
        this.views = HeapViews.of(heap.report());
    }

    @Override
    public Publication open() {
        return new Batch(heap.openBatch());
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
        private @Nullable PublishedBatch published;

        private Batch(CodeBatch batch) {
            this.batch = batch;
        }

        @Override
        public long write(MemorySegment code) {
            MemorySegment section = batch.allocate(Domain.CODE, code.byteSize(), ALIGNMENT);
            section.copyFrom(code);
            return section.address();
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
