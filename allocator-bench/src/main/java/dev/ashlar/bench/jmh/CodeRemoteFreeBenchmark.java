package dev.ashlar.bench.jmh;

import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.SizeMix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Control;

/**
 * What does a block of memory for code cost that one thread allocates and another frees? Needs two processors; the
 * slower of the two threads sets the pace of both. Nothing is written.
 */
@State(Scope.Group)
public class CodeRemoteFreeBenchmark extends Comparison {

    private final HandOver ring = new HandOver();
    private final Draws draws = new Draws(SizeMix.MIXED, 0, 0);

    /** One thread allocates. */
    @Benchmark
    @Group("remote")
    public void allocate(CodeUnderTest memory, Control control) {
        long position = ring.room(control);
        if (position == HandOver.ENDED) {
            return;
        }
        draws.advance();
        long address = memory.code().allocate(draws.byteSize());
        ring.put(position, address, draws.byteSize());
    }

    /** One thread frees. */
    @Benchmark
    @Group("remote")
    public void free(CodeUnderTest memory, Control control) {
        long position = ring.next(control);
        if (position == HandOver.ENDED) {
            return;
        }
        memory.code().free(ring.address(position), ring.byteSize(position));
        ring.done(position);
    }
}
