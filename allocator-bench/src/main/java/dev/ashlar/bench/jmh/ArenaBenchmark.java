package dev.ashlar.bench.jmh;

import dev.ashlar.DataHeap;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What does memory from a confined arena cost: one segment in its own arena, and each of many segments in one arena?
 * The segments go to JMH, so that neither they nor the zeroing can be eliminated.
 */
@State(Scope.Benchmark)
public class ArenaBenchmark extends SteadyState {
    private static final int PIECE_COUNT = 256;

    @Param({"16", "64", "256", "1024", "4096"})
    long byteSize;

    private final DataHeap heap = DataHeap.create();

    /** The JDK's arena, over malloc. */
    @Benchmark
    public void jdkOnePiece(Blackhole sink) {
        try (Arena arena = Arena.ofConfined()) {
            sink.consume(arena.allocate(byteSize));
        }
    }

    /** An arena over a data heap. */
    @Benchmark
    public void heapOnePiece(Blackhole sink) {
        try (Arena arena = heap.confinedArena()) {
            sink.consume(arena.allocate(byteSize));
        }
    }

    /** The JDK's arena, over malloc; each segment includes a share of opening and closing it. */
    @Benchmark
    @OperationsPerInvocation(PIECE_COUNT)
    public void jdkManyPieces(Blackhole sink) {
        try (Arena arena = Arena.ofConfined()) {
            consumePieces(arena, sink);
        }
    }

    /** An arena over a data heap; each segment includes a share of opening and closing it. */
    @Benchmark
    @OperationsPerInvocation(PIECE_COUNT)
    public void heapManyPieces(Blackhole sink) {
        try (Arena arena = heap.confinedArena()) {
            consumePieces(arena, sink);
        }
    }

    private void consumePieces(Arena arena, Blackhole sink) {
        for (int piece = 0; piece < PIECE_COUNT; piece++) {
            sink.consume(arena.allocate(byteSize));
        }
    }

    /** Closes the heap; fails if an arena is still open. */
    @TearDown
    public void close() {
        heap.close();
    }
}
