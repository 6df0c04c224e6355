package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.Grouped;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.BlockStateException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Code that is freed together, and not while it runs: the code of a class loader, a method cache or a query plan.
 *
 * {@snippet :
 * CodeGroup plan = heap.openGroup();
 * MethodHandle filter = plan.define(code).bind(function);
 * // ... other threads call the handle ...
 * plan.close(); // throws if a call is running; afterwards every call of the handle throws
 * }
 *
 * <p>The blocks, units and batches of a group are those of its heap, and lie among the heap's other code. Their
 * segments and handles end with the group. A call through a handle keeps the group open while it runs: it takes some
 * nanoseconds more than a call of a block that the heap handed out. Blocks of a group are not freed alone.
 *
 * <p><b>What a group cannot know.</b> A call by an address: from other code, or by a handle that the caller linked to
 * an address. The caller promises that no such call runs when it closes the group. A batch that is not published yet
 * does not belong to the group: after the group's close, it can only be abandoned.
 *
 * <p><b>Threads.</b> All methods may be called by any thread. The thread that opened the group takes no lock; the
 * others wait for each other. A close takes tens of microseconds, because every thread of the JVM must confirm that it
 * does not use one of the segments. A group that becomes unreachable without being closed no longer keeps its heap
 * open; its memory is given back when the heap is closed.
 */
public final class CodeGroup implements CodeAllocator, AutoCloseable {
    private final Grouped life;
    private final ConstantPlacement constants;

    CodeGroup(Zones zones, ConstantPlacement constants) {
        this.constants = constants;
        // Last: an Error after this would keep the heap open.
        this.life = zones.groups().open(zones);
    }

    @Override
    public CodeBlock allocate(long byteSize) {
        return new CodeBlock(life, byteSize);
    }

    @Override
    public CodeBlock allocate(long byteSize, long byteAlignment, Temperature temperature) {
        return new CodeBlock(life, byteSize, byteAlignment, Objects.requireNonNull(temperature, "temperature"));
    }

    @Override
    public CodeBlock define(MemorySegment code) {
        Objects.requireNonNull(code, "code");
        return life.during(() -> CodeBlock.define(life, code, null, Frame.STANDARD));
    }

    @Override
    public CodeBlock define(MemorySegment code, String name, Frame frame) {
        Objects.requireNonNull(code, "code");
        Arguments.requireCodeName(name);
        Objects.requireNonNull(frame, "frame");
        return life.during(() -> CodeBlock.define(life, code, name, frame));
    }

    @Override
    public CodeUnit allocateUnit(UnitSizes sizes, Temperature temperature) {
        Objects.requireNonNull(sizes, "sizes");
        Objects.requireNonNull(temperature, "temperature");
        return life.during(() -> new CodeUnit(life, constants, sizes, temperature));
    }

    @Override
    public CodeBatch openBatch() {
        return openBatch(constants);
    }

    @Override
    public CodeBatch openBatch(ConstantPlacement placement) {
        life.requireOpen();
        return CodeBatch.open(life, Objects.requireNonNull(placement, "placement"));
    }

    /**
     * Frees all code of the group. Closing a closed group does nothing.
     *
     * @throws BlockStateException if a running downcall uses a handle or a segment of the group; then nothing has
     *     changed
     */
    @Override
    public void close() {
        life.close();
    }
}
