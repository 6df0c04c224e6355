package dev.ashlar.bench.jmh;

import dev.ashlar.DataHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What does memory from a confined arena cost: one piece in an arena of its own, and each of many in one arena? The
 * segments go to JMH, so that neither they nor the clearing of their memory can be left out.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class ArenaBenchmark {
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

    /** The JDK's arena, over malloc; a share of opening and closing it is in each piece. */
    @Benchmark
    @OperationsPerInvocation(PIECE_COUNT)
    public void jdkManyPieces(Blackhole sink) {
        try (Arena arena = Arena.ofConfined()) {
            consumePieces(arena, sink);
        }
    }

    /** An arena over a data heap; a share of opening and closing it is in each piece. */
    @Benchmark
    @OperationsPerInvocation(PIECE_COUNT)
    public void heapManyPieces(Blackhole sink) {
        try (Arena arena = heap.confinedArena()) {
            consumePieces(arena, sink);
        }
    }

    private void consumePieces(Arena arena, Blackhole sink) {
        for (int piece = 0; piece < PIECE_COUNT; piece++) {
            MemorySegment segment = arena.allocate(byteSize);
            sink.consume(segment);
        }
    }

    /** Closes the heap, which fails were an arena still open. */
    @TearDown
    public void close() {
        heap.close();
    }
}
