package dev.ashlar.bench.jmh;

import dev.ashlar.CodeHeap;
import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to overwrite instructions that were executed a moment ago? Writes a function, calls it once and
 * fills it with traps, in places that are used in rotation. No allocator is involved.
 */
@State(Scope.Thread)
public class ReuseOrderBenchmark extends SteadyState {

    /** Places in the rotation. */
    @Param({"1", "8", "64", "512"})
    int placeCount;

    /** The time at which traps are written: never, right after the call, or just before the next use of the place. */
    @Param({"never", "at-once", "before-reuse"})
    String traps = "never";

    @Param({"256", "1024"})
    int byteSize;

    private final CodeHeap heap = CodeHeap.builder().name("reuse-order").build();
    private long executable;
    private long writable;
    private MemorySegment code = MemorySegment.NULL;
    private MemorySegment trapCode = MemorySegment.NULL;
    private long endOffset;
    private long offset;
    private boolean fillsAtOnce;
    private boolean fillsBeforeReuse;

    /** Allocates the places, side by side. */
    @Setup
    public void open() {
        endOffset = (long) placeCount * byteSize;
        executable = heap.addresses().allocate(endOffset);
        writable = heap.addresses().writable(executable);
        trapCode = Arena.ofAuto().allocate(byteSize).fill((byte) 0xf4);
        code = Arena.ofAuto().allocate(byteSize).fill((byte) 0xf4);
        ConstantFunction.write(code, 42);
        fillsAtOnce = traps.equals("at-once");
        fillsBeforeReuse = traps.equals("before-reuse");
    }

    /** Closes the heap. */
    @TearDown
    public void close() {
        heap.close();
    }

    /** Returns the result of the function to JMH. */
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
