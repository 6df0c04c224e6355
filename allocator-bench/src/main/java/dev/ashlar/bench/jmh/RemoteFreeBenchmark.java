package dev.ashlar.bench.jmh;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.SizeMix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Control;

/**
 * What does a block cost that one thread allocates and another frees? Needs two processors; the slower thread limits
 * both. Nothing is written.
 */
@State(Scope.Group)
public abstract class RemoteFreeBenchmark extends SteadyState {

    private final HandOver ring = new HandOver();
    private final Draws draws = new Draws(SizeMix.MIXED, 0, 0);

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private BlockMemory memory;

    RemoteFreeBenchmark() {}

    void open(MemoryUnderTest opened) {
        opened.requireThatAnyThreadCanFree();
        memory = opened.memory();
    }

    /** Allocates on the first thread. */
    @Benchmark
    @Group("remote")
    public void allocate(Control control) {
        long position = ring.room(control);
        if (position == HandOver.ENDED) {
            return;
        }
        draws.advance();
        long address = memory.allocate(HandOver.slot(position), draws.byteSize());
        ring.put(position, address, draws.byteSize());
    }

    /** Frees on the second thread. */
    @Benchmark
    @Group("remote")
    public void free(Control control) {
        long position = ring.next(control);
        if (position == HandOver.ENDED) {
            return;
        }
        memory.free(HandOver.slot(position), ring.address(position), ring.byteSize(position));
        ring.done(position);
    }

    /** The benchmark for code. */
    public static class Code extends RemoteFreeBenchmark {
        /** Refuses a memory that cannot do it. */
        @Setup
        public void open(MemoryUnderTest.Code memory) {
            super.open(memory);
        }
    }

    /** The benchmark for data. */
    public static class Data extends RemoteFreeBenchmark {
        /** Refuses a memory that cannot do it. */
        @Setup
        public void open(MemoryUnderTest.Data memory) {
            super.open(memory);
        }
    }
}
