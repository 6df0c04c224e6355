package dev.ashlar.bench.jmh;

import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** Does the replacement of a random block slow down as the number of live blocks grows? Contents are written. */
@State(Scope.Thread)
public abstract class ReplacementBenchmark extends SteadyState {

    /** The live blocks of each thread. */
    @Param({"1000", "10000", "100000", "1000000"})
    int live;

    @SuppressWarnings("NullAway.Init") // Set by fill(), which JMH calls first.
    private LiveBlocks blocks;

    ReplacementBenchmark() {}

    void fill(MemoryUnderTest memory, ThreadParams thread) {
        blocks = memory.blocks(SizeMix.MIXED, live, thread).grow();
    }

    /** Returns the address to JMH. */
    @Benchmark
    public long replace() {
        return blocks.replace();
    }

    /** The benchmark for code. */
    public static class Code extends ReplacementBenchmark {
        /** Allocates and writes the live blocks. */
        @Setup
        public void fill(MemoryUnderTest.Code memory, ThreadParams thread) {
            super.fill(memory, thread);
        }
    }

    /** The benchmark for data. */
    public static class Data extends ReplacementBenchmark {
        /** Allocates and writes the live blocks. */
        @Setup
        public void fill(MemoryUnderTest.Data memory, ThreadParams thread) {
            super.fill(memory, thread);
        }
    }
}
