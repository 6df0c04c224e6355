package dev.ashlar.bench.probe;

import dev.ashlar.report.HeapStats;
import dev.ashlar.bench.rivals.CodeRival;
import dev.ashlar.bench.rivals.DataMemory;
import dev.ashlar.bench.rivals.DataRival;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import dev.ashlar.tool.workload.Payload;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Memory for code or for data as a probe sees it: numbered blocks whose contents are written. */
sealed interface Blocks extends AutoCloseable {

    /**
     * Opens a memory.
     *
     * @param kind {@code code} or {@code data}
     * @param label its name among the memories of that kind
     * @param count most blocks that live at once
     */
    static Blocks open(String kind, String label, int count) {
        return switch (kind) {
            case "code" -> new Code(CodeRival.of(label).open());
            case "data" -> new Data(DataRival.of(label).open(count));
            default -> throw new IllegalArgumentException("no such kind of memory: kind=" + kind);
        };
    }

    /** {@return the address of a new block} */
    long allocate(int block, long byteSize);

    /** Fills a new block, as its user would. */
    void write(long address, long byteSize);

    /** Frees a block. */
    void free(int block, long address, long byteSize);

    /** {@return what a heap of ours says of itself; empty for a rival} */
    Optional<HeapStats> stats();

    /** {@return bytes of committed regions of a heap of ours, a plain read; 0 for a rival} */
    long committedByteSize();

    @Override
    void close();

    /** Blocks of code: written and published. */
    record Code(BlockMemory memory) implements Blocks {
        @Override
        public long allocate(int block, long byteSize) {
            return memory.allocate(byteSize);
        }

        @Override
        public void write(long address, long byteSize) {
            memory.write(address, Payload.CODE, byteSize);
            memory.publish(address, byteSize);
        }

        @Override
        public void free(int block, long address, long byteSize) {
            memory.free(address, byteSize);
        }

        @Override
        public Optional<HeapStats> stats() {
            return memory.stats();
        }

        @Override
        public long committedByteSize() {
            return memory.committedByteSize();
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    /** Blocks of data: written. */
    record Data(DataMemory memory) implements Blocks {
        @Override
        public long allocate(int block, long byteSize) {
            return memory.allocate(block, byteSize);
        }

        @Override
        public void write(long address, long byteSize) {
            MemorySegment.copy(Payload.CODE, 0, RawMemory.EVERYTHING, address, byteSize);
        }

        @Override
        public void free(int block, long address, long byteSize) {
            memory.free(block, address, byteSize);
        }

        @Override
        public Optional<HeapStats> stats() {
            return memory.stats();
        }

        @Override
        public long committedByteSize() {
            return memory.committedByteSize();
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
