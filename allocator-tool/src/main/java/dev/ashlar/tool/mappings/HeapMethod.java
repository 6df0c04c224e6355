package dev.ashlar.tool.permissions;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.stubs.AddressRange;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ours, a block at a time: allocate, write, publish, free. */
final class HeapWay implements Way {

    private final CodeHeap heap;
    private final List<AddressRange> views;

    /** Takes over the heap: {@link #close()} closes it. */
    HeapWay(CodeHeap heap) {
        this.heap = heap;
        this.views = HeapViews.of(heap.report());
    }

    @Override
    public Publication open() {
        return new Single();
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

    private final class Single implements Publication {
        private @Nullable CodeBlock block;

        @Override
        public long write(int number, MemorySegment code) {
            CodeBlock fresh = heap.allocate(code.byteSize());
            fresh.writable().copyFrom(code);
            block = fresh;
            return fresh.address();
        }

        @Override
        public void publish() {
            block().publish();
        }

        @Override
        public void free() {
            block().free();
        }

        private CodeBlock block() {
            if (block == null) {
                throw new IllegalStateException("nothing was written");
            }
            return block;
        }
    }
}
