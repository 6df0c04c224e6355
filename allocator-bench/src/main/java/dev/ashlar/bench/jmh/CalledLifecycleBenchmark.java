package dev.ashlar.bench.jmh;

import dev.ashlar.bench.code.ConstantFunction;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does the life of a compiled method cost when it runs once? The processor then has the code in its instruction
 * cache when the next method is written over it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CalledLifecycleBenchmark {

    /** The result of the function goes back to JMH. */
    @Benchmark
    public int allocateWritePublishCallFree(MemoryUnderTest memory, CodeSource source) {
        MemorySegment code = source.code();
        long address = memory.code().allocate(code.byteSize());
        memory.code().write(address, code, code.byteSize());
        memory.code().publish(address, code.byteSize());
        int result = ConstantFunction.call(address);
        memory.code().free(address, code.byteSize());
        return result;
    }
}
