package dev.ashlar.bench.jmh;

import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What does the life of a compiled method cost: allocate, write, publish, free? And if the method also runs once, so
 * that its code is in the instruction cache when the next method is written over it?
 */
@State(Scope.Thread)
public class LifecycleBenchmark extends SteadyState {

    /** The live functions of each thread; each new one replaces a random one. */
    @Param({"0", "1000", "10000"})
    int live;

    @SuppressWarnings("NullAway.Init") // Set by fill(), which JMH calls first.
    private LiveBlocks functions;

    /** Compiles the live functions. */
    @Setup
    public void fill(MemoryUnderTest.Code memory, ThreadParams thread) {
        functions = memory.blocks(SizeMix.FUNCTION, live, thread).grow();
    }

    /** Returns the address to JMH. */
    @Benchmark
    public long allocateWritePublishFree() {
        if (live > 0) {
            return functions.replace();
        }
        long address = functions.make();
        functions.discard(address);
        return address;
    }

    /** Returns the result of the function to JMH. */
    @Benchmark
    public int allocateWritePublishCallFree(CallableCode callable) {
        if (live > 0) {
            return ConstantFunction.call(functions.replace());
        }
        long address = functions.make();
        int result = ConstantFunction.call(address);
        functions.discard(address);
        return result;
    }

    /** Refuses memories in which code cannot run. */
    @State(Scope.Benchmark)
    public static class CallableCode {

        /** Checks the memory. */
        @Setup
        public void check(MemoryUnderTest.Code memory) {
            memory.requireThatCodeRuns();
        }
    }
}
