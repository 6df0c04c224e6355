package dev.ashlar.bench.jmh;

import dev.ashlar.tool.memory.BlockMemory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** What does an allocation cost together with its free, if nothing is written? */
@State(Scope.Thread)
public abstract class PairBenchmark extends SteadyState {

    @Param({"64", "256", "1024", "4096", "16384", "65536", "1048576"})
    long byteSize;

    private int slot;

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private BlockMemory memory;

    PairBenchmark() {}

    void open(MemoryUnderTest opened, ThreadParams thread) {
        memory = opened.memory();
        slot = MemoryUnderTest.firstSlot(thread);
    }

    /** Returns the address to JMH. The free changes the allocator's state, so neither call can be eliminated. */
    @Benchmark
    public long allocateAndFree() {
        long address = memory.allocate(slot, byteSize);
        memory.free(slot, address, byteSize);
        return address;
    }

    /** The benchmark for code. */
    public static class Code extends PairBenchmark {
        /** Gives each thread its own slot. */
        @Setup
        public void open(MemoryUnderTest.Code memory, ThreadParams thread) {
            super.open(memory, thread);
        }
    }

    /** The benchmark for data. */
    public static class Data extends PairBenchmark {
        /** Gives each thread its own slot. */
        @Setup
        public void open(MemoryUnderTest.Data memory, ThreadParams thread) {
            super.open(memory, thread);
        }
    }
}
