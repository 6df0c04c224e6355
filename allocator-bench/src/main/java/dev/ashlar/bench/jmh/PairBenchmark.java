package dev.ashlar.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What does an allocation followed by its free cost, with nothing written? */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class PairBenchmark {

    @Param({"64", "1024", "16384", "262144"})
    long byteSize;

    /** The address goes back to JMH, and the free acts on the allocator's state: neither can be left out. */
    @Benchmark
    public long allocateAndFree(MemoryUnderTest memory) {
        long address = memory.code().allocate(byteSize);
        memory.code().free(address, byteSize);
        return address;
    }
}
