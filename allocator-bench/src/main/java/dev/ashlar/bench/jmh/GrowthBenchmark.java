package dev.ashlar.bench.jmh;

import dev.ashlar.tool.memory.RawMemory;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What does an allocation cost while nothing is freed? Includes writing the contents and the kernel's work for fresh
 * memory. A process measures once, because used memory is not fresh; the benchmark warms up on few blocks. The guest of
 * a virtual machine uses and releases as much memory before, so that the time of the host does not count.
 */
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(value = 5, jvmArgsAppend = {"-Xmx2g", "-XX:+UseSerialGC"})
@State(Scope.Thread)
public abstract class GrowthBenchmark extends SteadyState {

    private static final int LIVE_MAX = 1_000_000;

    /** Long enough for the compiler with the slowest memory. */
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** Some hundred KiB of blocks, which leave almost no used memory. */
    private static final int WARM_UP_BLOCKS = 500;

    @SuppressWarnings("NullAway.Init") // Set by warmUp(), which JMH calls first.
    private LiveBlocks blocks;

    GrowthBenchmark() {}

    void warmUp(MemoryUnderTest memory, ThreadParams thread) {
        RawMemory.useAndRelease(LIVE_MAX * SizeMix.MEAN_BYTE_SIZE * 5 / 4);
        blocks = memory.blocks(SizeMix.MIXED, LIVE_MAX, thread);
        long end = System.nanoTime() + WARM_UP_NANOS;
        do {
            blocks.grow(WARM_UP_BLOCKS).shrink(WARM_UP_BLOCKS);
        } while (System.nanoTime() - end < 0);
    }

    /** Grows to 100,000 live blocks. */
    @Benchmark
    @OperationsPerInvocation(100_000)
    public Object growTo100k() {
        return blocks.grow(100_000);
    }

    /** Grows to a million live blocks. */
    @Benchmark
    @OperationsPerInvocation(LIVE_MAX)
    public Object growTo1M() {
        return blocks.grow(LIVE_MAX);
    }

    /** The benchmark for code. */
    public static class Code extends GrowthBenchmark {
        /** Lets the JVM compile the measured code. */
        @Setup
        public void warmUp(MemoryUnderTest.Code memory, ThreadParams thread) {
            super.warmUp(memory, thread);
        }
    }

    /** The benchmark for data. */
    public static class Data extends GrowthBenchmark {
        /** Lets the JVM compile the measured code. */
        @Setup
        public void warmUp(MemoryUnderTest.Data memory, ThreadParams thread) {
            super.warmUp(memory, thread);
        }
    }
}
