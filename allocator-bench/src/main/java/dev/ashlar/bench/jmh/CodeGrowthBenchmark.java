package dev.ashlar.bench.jmh;

import dev.ashlar.tool.workload.SizeMix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What does an allocation of memory for code cost while nothing is freed, with contents written and the system's own
 * work for fresh memory included? One measurement to a process: memory that was used before is not fresh.
 */
@State(Scope.Thread)
public class CodeGrowthBenchmark extends OneShot {

    private static final int LIVE_MAX = 1_000_000;

    @SuppressWarnings("NullAway.Init") // Set by warmUp(), which JMH calls first.
    private LiveFunctions functions;

    /** Lets the JVM compile what is measured, on so few blocks that they leave next to no used memory. */
    @Setup
    public void warmUp(CodeUnderTest memory, ThreadParams thread) {
        warmUp(memory, thread.getThreadIndex(), LIVE_MAX);
    }

    void warmUp(CodeUnderTest memory, int threadIndex, int liveCount) {
        functions = new LiveFunctions(memory.code(), SizeMix.MIXED, liveCount, threadIndex);
        long end = System.nanoTime() + WARM_UP_NANOS;
        do {
            functions.grow(WARM_UP_BLOCKS);
            functions.shrink(WARM_UP_BLOCKS);
        } while (System.nanoTime() - end < 0);
    }

    /** To a hundred thousand live blocks. */
    @Benchmark
    @OperationsPerInvocation(100_000)
    public Object growTo100k() {
        return functions.grow(100_000);
    }

    /** To a million. */
    @Benchmark
    @OperationsPerInvocation(LIVE_MAX)
    public Object growTo1M() {
        return functions.grow(LIVE_MAX);
    }
}
