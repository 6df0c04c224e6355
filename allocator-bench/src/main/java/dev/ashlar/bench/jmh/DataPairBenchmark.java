package dev.ashlar.bench.jmh;

import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.ThreadParams;

/** {@link PairBenchmark} for data. */
public class DataPairBenchmark extends PairBenchmark {

    /** Gives each thread its own slot. */
    @Setup
    public void open(MemoryUnderTest.Data memory, ThreadParams thread) {
        open(memory, thread.getThreadIndex());
    }
}
