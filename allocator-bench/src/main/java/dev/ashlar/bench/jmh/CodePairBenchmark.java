package dev.ashlar.bench.jmh;

import dev.ashlar.tool.memory.BlockMemory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What does an allocation of memory for code cost together with its free, with nothing written? */
@State(Scope.Benchmark)
public class CodePairBenchmark extends Comparison {

    @Param({"64", "256", "1024", "4096", "16384", "65536", "1048576"})
    long byteSize;

    /** The address goes back to JMH, and the free acts on the allocator's state: neither can be left out. */
    @Benchmark
    public long allocateAndFree(CodeUnderTest memory) {
        BlockMemory code = memory.code();
        long address = code.allocate(byteSize);
        code.free(address, byteSize);
        return address;
    }
}
