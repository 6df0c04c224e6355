package dev.ashlar.bench.permissions;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.HeapReport;
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
        HeapReport report = heap.report();
        this.views = List.of(AddressRange.ofSize(report.executableAddress(), report.capacityByteSize()),
                AddressRange.ofSize(report.writableAddress(), report.capacityByteSize()));
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
        // Nothing of ours splits here.
    }

    @Override
    public CellFigures.@Nullable Books books() {
        return null;
    }

    @Override
    public void close() {
        heap.close();
    }

    private final class Single implements Publication {
        private @Nullable CodeBlock block;

        @Override
        public long write(MemorySegment code) {
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
