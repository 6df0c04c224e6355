package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.LifeCycle;
import dev.ashlar.heap.Lifetime;
import dev.ashlar.heap.Space;
import dev.ashlar.heap.Staging;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Temperature;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The part of a {@link CodeUnit} that lies in one domain: its code, its constants or its data. */
public final class UnitPart implements Relocatable {
    private final CodeUnit unit;
    private final Lifetime life;
    private final Domain domain;
    private final Space space;
    private final long offset;
    /** Guarded by the unit's monitor. */
    private long byteSize;
    private @Nullable Staging staging;

    /** Takes the memory in {@code space}; {@code domain} is what it is for. */
    UnitPart(CodeUnit unit, Lifetime life, Domain domain, Space space, long byteSize, long byteAlignment,
            Temperature temperature) {
        this.unit = unit;
        this.life = life;
        this.domain = domain;
        this.space = space;
        this.byteSize = byteSize;
        this.offset = life.take(space, byteSize, byteAlignment, temperature);
        try {
            if (life.zones().isStaged(domain, space)) {
                staging = Staging.of(life.zones(), domain, byteSize);
            } else if (domain != Domain.CODE) {
                // Through the heap's view: a group's may be ended by a close, which waits for this call.
                life.zones().unmanaged().writableOf(space).asSlice(offset, byteSize).fill((byte) 0);
            }
        } catch (IllegalStateException e) {
            undo();
            throw space.closedOr(e);
        } catch (RuntimeException | Error e) {
            undo();
            throw e;
        }
    }

    /** {@return what the part is for} */
    public Domain domain() {
        return domain;
    }

    /**
     * {@return the address at which the part will be run, read or written; it never changes}
     *
     * @throws BlockStateException if the unit belongs to a {@link CodeGroup} that is closed
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public long address() {
        life.requireOpen();
        life.zones().noteAddress();
        return space.base() + offset;
    }

    /**
     * {@return the part's size in bytes, as it was asked for or as the last {@link #shrink} left it}
     *
     * @throws BlockStateException if the unit belongs to a {@link CodeGroup} that is closed
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public long byteSize() {
        life.requireOpen();
        synchronized (unit) {
            return byteSize;
        }
    }

    /**
     * Gives back the end of a part that turned out too large, before the unit is published. A segment taken before
     * keeps its old length: take a new one.
     *
     * @param newByteSize bytes to keep, 1 to {@link #byteSize()}
     * @return this part
     * @throws IllegalArgumentException if the size is out of range
     * @throws BlockStateException if the unit is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    public UnitPart shrink(long newByteSize) {
        life.requireOpen();
        return life.during(() -> shrinkWhileLive(newByteSize));
    }

    private UnitPart shrinkWhileLive(long newByteSize) {
        synchronized (unit) {
            unit.require(LifeCycle.WRITABLE, "shrink()");
            Arguments.requireSmaller(newByteSize, byteSize);
            space.shrink(offset, newByteSize, Holder.OBJECT);
            byteSize = newByteSize;
        }
        return this;
    }

    /** {@return where the part starts in its zone} */
    long offset() {
        return offset;
    }

    /**
     * {@return the memory to write the part through: of data where it lies, at all times; of code and constants at an
     * address other than {@link #address()}, until the unit is published; a late write is as of
     * {@link CodeBlock#writable()}}
     *
     * @throws BlockStateException if the unit is freed, or published and this is not its data
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public MemorySegment writable() {
        synchronized (unit) {
            if (domain == Domain.DATA) {
                unit.requireNotFreed("writable()");
            } else {
                unit.require(LifeCycle.WRITABLE, "writable()");
            }
            return written();
        }
    }

    /**
     * {@return the memory as it is used: data to read and write, code and constants read-only}
     *
     * @throws BlockStateException if the unit is not published, or freed
     * @throws HeapClosedException if the heap is closed
     */
    public MemorySegment segment() {
        unit.require(LifeCycle.PUBLISHED, "segment()");
        return life.frontOf(space, domain).asSlice(offset, byteSize());
    }

    private MemorySegment written() {
        return staging != null
                ? staging.segment().asSlice(0, byteSize)
                : life.writableOf(space).asSlice(offset, byteSize);
    }

    /** Links a handle to the code. Pre: this is the code of a published unit. */
    MethodHandle bind(FunctionDescriptor function, Linker.Option... options) {
        return Binding.link(life, offset, byteSize, function, options);
    }

    void publish() {
        Staging written = staging;
        if (written != null) {
            written.end("publish()", unit.subject());
            space.write("publish()", offset, written.buffer(), 0, byteSize);
        }
        space.publish(offset);
    }

    /** Frees the part of a unit that no caller gets. */
    void undo() {
        life.undo(space, offset);
    }

    void free() {
        endStaging("free()");
        space.requireOpen();
        space.release(offset);
    }

    /** Ends the buffer, if there is one. */
    void endStaging(String action) {
        Staging written = staging;
        if (written != null) {
            written.end(action, unit.subject());
            staging = null;
        }
    }
}
