package dev.ashlar.bench.jmh;

import dev.ashlar.tool.workload.SizeMix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** What does the life of a compiled method cost: allocate, write, publish, free? */
@State(Scope.Thread)
public class LifecycleBenchmark extends Comparison {

    /** Functions of each thread that are live at any time; a random one makes room for the next. */
    @Param({"0", "1000", "10000"})
    int live;

    @SuppressWarnings("NullAway.Init") // Set by fill(), which JMH calls first.
    private LiveFunctions functions;

    /** Compiles the live functions. */
    @Setup
    public void fill(CodeUnderTest memory, ThreadParams thread) {
        fill(memory, thread.getThreadIndex());
    }

    void fill(CodeUnderTest memory, int threadIndex) {
        functions = new LiveFunctions(memory.code(), SizeMix.FUNCTION, live, threadIndex).grow();
    }

    /** The address goes back to JMH. */
    @Benchmark
    public long allocateWritePublishFree() {
        if (live > 0) {
            return functions.replace();
        }
        long address = functions.compileNext();
        functions.discard(address);
        return address;
    }
}
