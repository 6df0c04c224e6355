package dev.ashlar.bench.jmh;

import dev.ashlar.bench.rivals.DataMemory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** What does an allocation of data cost together with its free, with nothing written? */
@State(Scope.Thread)
public class DataPairBenchmark extends Comparison {

    @Param({"64", "256", "1024", "4096", "16384", "65536", "1048576"})
    long byteSize;

    private int slot;

    /** Gives the thread a slot of its own. */
    @Setup
    public void chooseSlot(ThreadParams thread) {
        slot = DataUnderTest.firstSlot(thread.getThreadIndex());
    }

    /** The address goes back to JMH, and the free acts on the allocator's state: neither can be left out. */
    @Benchmark
    public long allocateAndFree(DataUnderTest memory) {
        DataMemory data = memory.data();
        long address = data.allocate(slot, byteSize);
        data.free(slot, address, byteSize);
        return address;
    }
}
