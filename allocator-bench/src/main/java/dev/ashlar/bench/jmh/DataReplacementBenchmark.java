package dev.ashlar.bench.jmh;

import dev.ashlar.tool.workload.SizeMix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** How does the number of live blocks of data tell on the replacement of a random one, contents written? */
@State(Scope.Thread)
public class DataReplacementBenchmark extends Comparison {

    /** Blocks of each thread that are live at any time. */
    @Param({"1000", "10000", "100000", "1000000"})
    int live;

    @SuppressWarnings("NullAway.Init") // Set by fill(), which JMH calls first.
    private LiveData blocks;

    /** Allocates and writes the live blocks. */
    @Setup
    public void fill(DataUnderTest memory, ThreadParams thread) {
        fill(memory, thread.getThreadIndex());
    }

    void fill(DataUnderTest memory, int threadIndex) {
        blocks = new LiveData(memory.data(), SizeMix.MIXED, live, threadIndex).grow();
    }

    /** The address goes back to JMH. */
    @Benchmark
    public long replace() {
        return blocks.replace();
    }
}
