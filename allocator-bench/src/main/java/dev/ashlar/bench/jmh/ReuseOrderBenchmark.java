package dev.ashlar.bench.jmh;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeHeap;
import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to write over instructions that were executed a moment ago? A function is written, called once and
 * filled with traps, in places that are used in rotation; no allocator decides anything.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class ReuseOrderBenchmark {

    /** Places in the rotation. */
    @Param({"1", "8", "64", "512"})
    int placeCount;

    /** When the traps are written: never, right after the call, or just before the place is used again. */
    @Param({"never", "at-once", "before-reuse"})
    String traps = "never";

    @Param({"256", "1024"})
    int byteSize;

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private CodeHeap heap;

    private long executable;
    private long writable;
    private MemorySegment code = MemorySegment.NULL;
    private MemorySegment trapCode = MemorySegment.NULL;
    private long endOffset;
    private long offset;
    private boolean fillsAtOnce;
    private boolean fillsBeforeReuse;

    /** Takes the places, side by side. */
    @Setup
    public void open() {
        heap = CodeHeap.builder().name("reuse-order").build();
        endOffset = (long) placeCount * byteSize;
        CodeAddresses addresses = heap.addresses();
        executable = addresses.allocate(endOffset);
        writable = addresses.writable(executable);
        trapCode = Arena.ofAuto().allocate(byteSize).fill((byte) 0xcc);
        code = Arena.ofAuto().allocate(byteSize).fill((byte) 0xcc);
        ConstantFunction.write(code, 42);
        fillsAtOnce = traps.equals("at-once");
        fillsBeforeReuse = traps.equals("before-reuse");
    }

    /** Gives them back. */
    @TearDown
    public void close() {
        heap.close();
    }

    /** The result of the function goes back to JMH. */
    @Benchmark
    public int writeAndCall() {
        MemorySegment.copy(code, 0, RawMemory.EVERYTHING, writable + offset, byteSize);
        int result = ConstantFunction.call(executable + offset);
        if (fillsAtOnce) {
            MemorySegment.copy(trapCode, 0, RawMemory.EVERYTHING, writable + offset, byteSize);
        }
        offset += byteSize;
        if (offset == endOffset) {
            offset = 0;
        }
        if (fillsBeforeReuse) {
            MemorySegment.copy(trapCode, 0, RawMemory.EVERYTHING, writable + offset, byteSize);
        }
        return result;
    }
}
