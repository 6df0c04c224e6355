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
    private static final long NONE = -1;

    private final CodeUnit unit;
    private final Lifetime life;
    private final Domain domain;
    private final Space space;
    private final long byteAlignment;
    /** Guarded by the unit's monitor. */
    private long byteSize;

    private long offset = NONE;
    private @Nullable Staging staging;

    /** Makes a part without memory in {@code space}; {@code domain} is what it is for. */
    UnitPart(CodeUnit unit, Lifetime life, Domain domain, Space space, long byteSize, long byteAlignment) {
        space.requireSizeAndAlignment(byteSize, byteAlignment);
        this.unit = unit;
        this.life = life;
        this.domain = domain;
        this.space = space;
        this.byteSize = byteSize;
        this.byteAlignment = byteAlignment;
    }

    /** Takes the memory. If this throws, {@link #undo} frees what was taken. */
    void take(Temperature temperature) {
        if (life.zones().isStaged(domain, space)) {
            staging = Staging.of(life.zones(), domain, byteSize);
        }
        offset = life.take(space, byteSize, byteAlignment, temperature);
        if (staging == null && domain != Domain.CODE) {
            try {
                // Through the heap's view: a group's may be ended by a close, which waits for this call.
                life.zones().unmanaged().writableOf(space).asSlice(offset, byteSize).fill((byte) 0);
            } catch (IllegalStateException e) {
                throw space.closedOr(e);
            }
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
            Arguments.requireSmaller(space, offset, newByteSize, byteSize);
            space.shrink(offset, newByteSize, Holder.OBJECT);
            byteSize = newByteSize;
        }
        return this;
    }

    /** {@return where the part starts in its zone} */
    long offset() {
        return offset;
    }

    Lifetime life() {
        return life;
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
                unit.requireIntact("writable()");
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

    /** Copies bytes to the start. */
    void fill(MemorySegment source) {
        try {
            writable().copyFrom(source);
        } catch (IllegalStateException e) {
            throw life.endedOr(e);
        }
    }

    /** Publishes the part. Pre: nothing can be written to it by a caller any more. */
    void publish() {
        Staging written = staging;
        if (written != null) {
            space.write("publish()", offset, written.buffer(), 0, byteSize);
            staging = null;
        }
        space.publish(offset);
        if (domain == Domain.CODE) {
            space.notePublished(offset, byteSize, null);
        }
    }

    /** Frees the part of a unit that no caller gets. */
    void undo() {
        try {
            endHandedOut("define()");
        } catch (Throwable inUse) {
            // The buffer is of no other block: a late write has no effect.
        }
        if (offset != NONE) {
            life.undo(space, offset);
        }
    }

    /** Frees the part. Pre: as for {@link #publish}. */
    void free() {
        staging = null;
        space.requireOpen();
        space.release(offset);
    }

    /** Ends the segments to write through, if late writes are checked; a part that is not published can get others. */
    void endHandedOut(String action) {
        Staging written = staging;
        if (written != null) {
            written.end(action, unit.subject());
        }
    }
}
