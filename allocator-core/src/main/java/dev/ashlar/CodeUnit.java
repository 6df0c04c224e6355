package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.CodePatcher;
import dev.ashlar.heap.LifeCycle;
import dev.ashlar.heap.Lifetime;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.region.Health;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapDamagedException;
import dev.ashlar.report.WritePathException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one compilation unit: code, read-only data, writable data, each in a zone of the same span and so
 * within reach of each other by a 32-bit displacement. The parts are written, published and freed together.
 *
 * <pre>
 *   WRITABLE --publish()--&gt; PUBLISHED --patch()--&gt; PUBLISHED --free()--&gt; FREED
 *   WRITABLE --free()--&gt; FREED
 *   WRITABLE --publish() throws--&gt; HALF_PUBLISHED --free()--&gt; FREED
 * </pre>
 *
 * <p>Lifetime and promises are those of {@link CodeBlock}, also in a {@link CodeGroup}. All methods may be called by
 * any thread.
 */
public final class CodeUnit implements Patchable {
    private static final int PART_COUNT = 3;

    private final Lifetime life;
    private final Health health;
    /** Made before anything is taken: a clean-up needs no room in the Java heap. */
    private final Lifetime.Call<CodeUnit> discarding = this::discardWhileLive;

    private final List<UnitPart> parts = new ArrayList<>(PART_COUNT);
    /** Guarded by this object's monitor. */
    private LifeCycle state = LifeCycle.WRITABLE;

    private int freedCount;
    private @Nullable String name;

    CodeUnit(Lifetime life, ConstantPlacement constants, UnitSizes sizes, Temperature temperature) {
        this.life = life;
        this.health = life.zones().health;
        add(Domain.CODE, Domain.CODE, sizes.codeByteSize(), sizes.codeByteAlignment());
        add(Domain.RODATA, constants.domain(), sizes.constantByteSize(), sizes.constantByteAlignment());
        add(Domain.DATA, Domain.DATA, sizes.dataByteSize(), sizes.dataByteAlignment());
        try {
            for (UnitPart part : parts) {
                part.take(part.domain() == Domain.CODE ? temperature : Temperature.HOT);
            }
        } catch (RuntimeException | Error e) {
            try {
                undo();
            } catch (Throwable again) {
                // No caller has the unit.
                health.end = again;
            }
            throw e;
        }
    }

    private void add(Domain domain, Domain zone, long byteSize, long byteAlignment) {
        if (byteSize > 0) {
            parts.add(new UnitPart(this, life, domain, life.zones().of(zone, byteSize), byteSize, byteAlignment));
        }
    }

    private void undo() {
        while (freedCount < parts.size()) {
            parts.get(freedCount).undo();
            freedCount++;
        }
    }

    /** Works as {@link CodeAllocator#define(MemorySegment, MemorySegment, Consumer)}. */
    static CodeUnit define(CodeAllocator allocator, MemorySegment code, MemorySegment constants,
            Consumer<? super CodeUnit> relocation) {
        CodeUnit unit = allocator.allocateUnit(new UnitSizes(code.byteSize(), constants.byteSize(), 0));
        // No call in between: an Error would lose the unit.
        try {
            unit.code().fill(code);
            unit.constants().ifPresent(part -> part.fill(constants));
            relocation.accept(unit);
            unit.publish();
            return unit;
        } catch (RuntimeException | Error refused) {
            try {
                var _ = unit.life.during(unit.discarding);
            } catch (BlockStateException | HeapClosedException | HeapDamagedException gone) {
                // The close of the group or of the heap has freed it.
            } catch (Throwable again) {
                // No caller has the unit.
                unit.health.end = again;
            }
            throw refused;
        }
    }

    /** The relocation may have published or freed the unit. */
    private synchronized CodeUnit discardWhileLive() {
        state = LifeCycle.FREED;
        undo();
        return this;
    }

    /**
     * Names the unit, before it is published, as {@link CodeBlock#named} does: its constants and data too.
     *
     * @param newName 1 to 1,000 characters; names need not be unique
     * @return this unit
     * @throws IllegalArgumentException if the name is empty or too long
     * @throws BlockStateException if the unit is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    public CodeUnit named(String newName) {
        Arguments.requireCodeName(newName);
        life.requireOpen();
        return life.during(() -> nameWhileLive(newName));
    }

    private synchronized CodeUnit nameWhileLive(String newName) {
        require(LifeCycle.WRITABLE, "named()");
        name = newName;
        parts.forEach(part -> part.name(newName));
        return this;
    }

    /** {@return the unit's name, also after it is freed; empty if it has none} */
    public synchronized Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /** {@return the code} */
    public UnitPart code() {
        return parts.getFirst();
    }

    /** {@return the read-only data; empty if the unit has none} */
    public Optional<UnitPart> constants() {
        return part(Domain.RODATA);
    }

    /** {@return the writable data; empty if the unit has none} */
    public Optional<UnitPart> data() {
        return part(Domain.DATA);
    }

    private Optional<UnitPart> part(Domain domain) {
        return parts.stream().filter(part -> part.domain() == domain).findFirst();
    }

    /**
     * Makes the code callable by every thread that receives its address through a properly published reference. From
     * then on code and constants cannot be written.
     *
     * @throws BlockStateException if the unit is published already, or freed; or if the heap checks late writes and a
     *     running downcall was given a segment to write through: then nothing has changed, but other segments may have
     *     ended
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS; the unit can only be freed, as
     *     after an Error of the JVM
     * @throws HeapClosedException if the heap is closed
     */
    public void publish() {
        publish(Frame.STANDARD);
    }

    /**
     * Publishes the unit, whose code has a frame of its own, as {@link #publish()} does.
     *
     * @param frame how the stack looks while the code runs, for the tools of {@link CodeHeapBuilder#visibility}
     * @throws BlockStateException as of {@link #publish()}
     * @throws WritePathException as of {@link #publish()}
     * @throws HeapClosedException if the heap is closed
     */
    public void publish(Frame frame) {
        Objects.requireNonNull(frame, "frame");
        life.requireOpen();
        var _ = life.during(() -> publishWhileLive(frame));
    }

    private synchronized CodeUnit publishWhileLive(Frame frame) {
        require(LifeCycle.WRITABLE, "publish()");
        // First what can be refused without a change.
        parts.forEach(part -> part.endHandedOut("publish()"));
        state = LifeCycle.HALF_PUBLISHED;
        // Code last: what it reads must be there before it can run.
        parts.reversed().forEach(part -> part.publish(frame));
        state = LifeCycle.PUBLISHED;
        return this;
    }

    @Override
    public void patch(long patchOffset, long value, int patchByteSize) {
        var _ = change("patch()", () -> patcher().patch(
                code().offset(), code().byteSize(), patchOffset, value, patchByteSize));
    }

    @Override
    public boolean compareAndPatch(long patchOffset, long expected, long value, int patchByteSize) {
        return change("compareAndPatch()", () -> patcher().compareAndPatch(
                code().offset(), code().byteSize(), patchOffset, expected, value, patchByteSize));
    }

    @Override
    public void patchCall(long callOffset, long target) {
        var _ = change("patchCall()", () -> patcher().patchCall(
                code().offset(), code().byteSize(), callOffset, target));
    }

    private CodePatcher patcher() {
        return life.zones().patcher();
    }

    private boolean change(String action, Lifetime.Call<Boolean> change) {
        life.requireOpen();
        return life.during(() -> changeWhileLive(action, change));
    }

    private synchronized Boolean changeWhileLive(String action, Lifetime.Call<Boolean> change) {
        require(LifeCycle.PUBLISHED, action);
        return change.make();
    }

    /**
     * Links a method handle to the first instruction of the code, as {@link CodeBlock#bind} does.
     *
     * @param function the function's C signature
     * @param options as for {@link CodeBlock#bind}
     * @return the handle; the caller keeps the unit live while it is used
     * @throws BlockStateException if the unit is not published, or freed
     * @throws HeapClosedException if the heap is closed
     */
    public MethodHandle bind(FunctionDescriptor function, Linker.Option... options) {
        require(LifeCycle.PUBLISHED, "bind()");
        return code().bind(function, options);
    }

    /**
     * Frees all parts. The caller promises that no thread runs in the code or touches the rest.
     *
     * @throws BlockStateException if the unit is freed already, or is code of a {@link CodeGroup} or
     *     {@link CollectedCode}
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized void free() {
        life.requireOpen();
        if (!life.isFreedByCaller()) {
            throw BlockStateException.freedOtherwise("free()", subject(), life.freedBy());
        }
        if (freedCount == parts.size()) {
            throw state.refuseFreed("free()", subject());
        }
        // First what can be refused without a change.
        parts.forEach(part -> part.endHandedOut("free()"));
        state = LifeCycle.FREED;
        freeParts();
    }

    /** If an Error cuts this short, the next call frees the other parts. */
    private void freeParts() {
        int count = parts.size();
        while (freedCount < count) {
            parts.get(freedCount).free();
            freedCount++;
        }
    }

    /**
     * {@return whether {@link #publish()} was called and {@link #free()} was not}
     *
     * @throws BlockStateException if the unit belongs to a {@link CodeGroup} that is closed
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized boolean isPublished() {
        life.requireOpen();
        return state == LifeCycle.PUBLISHED;
    }

    synchronized void require(LifeCycle needed, String action) {
        life.requireOpen();
        if (state != needed) {
            throw state.refuse(action, subject(), needed);
        }
    }

    synchronized void requireIntact(String action) {
        life.requireOpen();
        if (state != LifeCycle.WRITABLE && state != LifeCycle.PUBLISHED) {
            throw state.refuseFreed(action, subject());
        }
    }

    String subject() {
        return "the unit" + (name == null ? "" : " \"" + name + "\"") + " at 0x" + Long.toHexString(code().address())
                + " of " + life.name();
    }
}
