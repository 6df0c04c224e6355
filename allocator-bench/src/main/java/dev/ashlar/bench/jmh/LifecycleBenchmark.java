package dev.ashlar.bench.jmh;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** What does the life of a compiled method cost: allocate, write, publish, free? */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LifecycleBenchmark {

    @Benchmark
    public long allocateWritePublishFree(MemoryUnderTest memory, CodeSource source) {
        MemorySegment code = source.code();
        long address = memory.code().allocate(code.byteSize());
        memory.code().write(address, code, code.byteSize());
        memory.code().publish(address, code.byteSize());
        memory.code().free(address, code.byteSize());
        return address;
    }
}
