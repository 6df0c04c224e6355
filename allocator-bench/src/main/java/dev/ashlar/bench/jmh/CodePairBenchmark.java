package dev.ashlar.bench.jmh;

import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.ThreadParams;

/** {@link PairBenchmark} for code. */
public class CodePairBenchmark extends PairBenchmark {

    /** Gives each thread its own slot. */
    @Setup
    public void open(MemoryUnderTest.Code memory, ThreadParams thread) {
        open(memory, thread.getThreadIndex());
    }
}
