package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.Collected;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.UnitSizes;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Code that the garbage collector frees, when neither its object nor a segment or a handle of it is reachable.
 *
 * {@snippet :
 * MethodHandle filter = heap.collected().define(code).bind(function);
 * // the code lives as long as the handle, and as long as a call runs
 * }
 *
 * <p>An address does not keep code alive: the caller keeps the object while other code calls the address. No caller
 * frees such code. It keeps its heap open, so drop it before the heap is closed. Each block has an automatic arena of
 * the JDK, which costs memory of the Java heap and time.
 *
 * <p>If the heap is full, an allocation of any lifetime asks for a garbage collection, and waits for code that it
 * finds: {@link CodeHeapBuilder#longestWaitForCollector}.
 *
 * <p>All methods may be called by any thread.
 */
public final class CollectedCode implements CodeAllocator {
    private final Zones zones;
    private final ConstantPlacement constants;

    CollectedCode(Zones zones, ConstantPlacement constants) {
        this.zones = zones;
        this.constants = constants;
    }

    private Collected life() {
        return new Collected(zones);
    }

    @Override
    public CodeBlock allocate(long byteSize) {
        return new CodeBlock(life(), byteSize);
    }

    @Override
    public CodeBlock allocate(long byteSize, long byteAlignment, Temperature temperature) {
        return new CodeBlock(life(), byteSize, byteAlignment, Objects.requireNonNull(temperature, "temperature"));
    }

    @Override
    public CodeBlock define(MemorySegment code) {
        Objects.requireNonNull(code, "code");
        Collected life = life();
        return life.during(() -> CodeBlock.define(life, code, null, Frame.STANDARD));
    }

    @Override
    public CodeBlock define(MemorySegment code, String name, Frame frame) {
        Objects.requireNonNull(code, "code");
        Arguments.requireCodeName(name);
        Objects.requireNonNull(frame, "frame");
        Collected life = life();
        return life.during(() -> CodeBlock.define(life, code, name, frame));
    }

    @Override
    public CodeUnit allocateUnit(UnitSizes sizes, Temperature temperature) {
        Objects.requireNonNull(sizes, "sizes");
        Objects.requireNonNull(temperature, "temperature");
        Collected life = life();
        return life.during(() -> new CodeUnit(life, constants, sizes, temperature));
    }

    @Override
    public CodeBatch openBatch() {
        return openBatch(constants);
    }

    @Override
    public CodeBatch openBatch(ConstantPlacement placement) {
        return CodeBatch.open(life(), Objects.requireNonNull(placement, "placement"));
    }
}
