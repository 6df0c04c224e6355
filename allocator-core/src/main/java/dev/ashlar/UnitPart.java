package dev.ashlar;

import dev.ashlar.heap.LifeCycle;
import dev.ashlar.heap.Space;
import dev.ashlar.heap.Staging;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.Domain;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The part of a {@link CodeUnit} that lies in one domain: its code, its constants or its data. */
public final class UnitPart {
    private final CodeUnit unit;
    private final Zones zones;
    private final Domain domain;
    private final Space space;
    private final long offset;
    private final long byteSize;
    private @Nullable Staging staging;

    /** Takes the memory in {@code space}; {@code domain} is what it is for. */
    UnitPart(CodeUnit unit, Zones zones, Domain domain, Space space, long byteSize, long byteAlignment) {
        this.unit = unit;
        this.zones = zones;
        this.domain = domain;
        this.space = space;
        this.byteSize = byteSize;
        this.offset = space.take(byteSize, byteAlignment, Holder.OBJECT);
        try {
            if (zones.isStaged(domain, space)) {
                staging = Staging.of(zones, domain, byteSize);
            } else if (domain != Domain.CODE) {
                written().fill((byte) 0);
            }
        } catch (IllegalStateException e) {
            space.undo(offset, Holder.OBJECT);
            throw space.closedOr(e);
        } catch (RuntimeException | Error e) {
            space.undo(offset, Holder.OBJECT);
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
     * @throws HeapClosedException if the heap is closed
     */
    public long address() {
        space.requireOpen();
        zones.noteAddress();
        return space.base() + offset;
    }

    /**
     * {@return the part's size in bytes}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public long byteSize() {
        space.requireOpen();
        return byteSize;
    }

    /**
     * {@return the memory to write the part through: of data where it lies, at all times; of code and constants at an
     * address other than {@link #address()}, until the unit is published; a late write is as of
     * {@link CodeBlock#writable()}}
     *
     * @throws BlockStateException if the unit is freed, or published and this is not its data
     * @throws HeapClosedException if the heap is closed
     */
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
        return zones.frontOf(space, domain).asSlice(offset, byteSize);
    }

    private MemorySegment written() {
        return staging != null
                ? staging.segment().asSlice(0, byteSize)
                : zones.writableOf(space).asSlice(offset, byteSize);
    }

    void publish() {
        Staging written = staging;
        if (written != null) {
            written.end("publish()", unit.subject());
            space.write("publish()", offset, written.buffer(), 0, byteSize);
        }
        space.publish(offset);
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
