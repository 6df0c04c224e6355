package dev.ashlar.bench.jmh;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import java.lang.foreign.MemorySegment;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What does it cost that a recording or JMX sees the heap? */
@State(Scope.Benchmark)
public class WatchedBenchmark extends SteadyState {

    private static final String BEAN = "ashlar-bean";
    private static final String RECORDED = "ashlar-recorded";
    private static final String EACH_RECORDED = "ashlar-each-recorded";
    private static final int BYTE_SIZE = 256;

    /**
     * Who sees the heap: nobody; an MBean server; a recording with the events that are on by default; or one with an
     * event for each function too.
     */
    @Param({"ashlar-unwatched", BEAN, RECORDED, EACH_RECORDED})
    String memory = "ashlar-unwatched";

    private final MemorySegment code = MemorySegment.ofArray(new byte[BYTE_SIZE]);
    private final CodeHeap heap = CodeHeap.builder().name("bench").build();
    private @Nullable Recording recording;

    /** Begins to watch. */
    @Setup
    public void watch() {
        if (memory.equals(BEAN)) {
            var _ = heap.registerMXBean();
        }
        if (memory.equals(RECORDED) || memory.equals(EACH_RECORDED)) {
            recording = new Recording();
            // In memory: the disk is not what is measured.
            recording.setToDisk(false);
            if (memory.equals(EACH_RECORDED)) {
                recording.enable("dev.ashlar.CodePublished");
            }
            recording.start();
        }
    }

    /** The heap's state changes, so no call can be eliminated. */
    @Benchmark
    public void defineAndFree() {
        CodeBlock block = heap.define(code);
        block.free();
    }

    /** Stops to watch. */
    @TearDown
    public void close() {
        if (recording != null) {
            recording.close();
        }
        heap.close();
    }
}
