package dev.ashlar;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The part of a {@link CodeUnit} that lies in one domain: its code, its constants or its data. */
public final class UnitPart {
    private final CodeUnit unit;
    private final Domain domain;
    private final HeapSpace space;
    private final long offset;
    private final long byteSize;
    private @Nullable Staging staging;

    /** Takes the memory; {@code domain} says what for, {@code space} where. */
    UnitPart(CodeUnit unit, HeapZones zones, Domain domain, HeapSpace space, long byteSize, long byteAlignment) {
        this.unit = unit;
        this.domain = domain;
        this.space = space;
        this.byteSize = byteSize;
        this.offset = space.take(byteSize, byteAlignment, Holder.OBJECT);
        boolean isWrittenWhereItLies = domain == Domain.DATA || zones.path() == WritePath.ALIAS;
        try {
            if (!isWrittenWhereItLies) {
                staging = domain == Domain.CODE
                        ? Staging.forCode(zones, byteSize)
                        : Staging.forConstants(zones, byteSize);
            } else if (domain != Domain.CODE) {
                written().fill((byte) 0);
            }
        } catch (RuntimeException | Error e) {
            free();
            throw e;
        }
    }

    /** {@return what it is for} */
    public Domain domain() {
        return domain;
    }

    /**
     * {@return the address at which it will be run, read or written; its whole life the same}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public long address() {
        space.requireOpen();
        return space.zone.base() + offset;
    }

    /** {@return its bytes} */
    public long byteSize() {
        return byteSize;
    }

    /**
     * {@return the memory to write it through}: of data where it lies, always; of code and constants at another address
     * than {@link #address()}, until the unit is published
     *
     * @throws BlockStateException if the unit is freed, or published and this is not its data
     * @throws HeapClosedException if the heap is closed
     */
    public MemorySegment writable() {
        synchronized (unit) {
            unit.require(domain != Domain.DATA, "writable()");
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
        unit.requirePublished("segment()");
        return space.zone.front().segment().asSlice(offset, byteSize);
    }

    private MemorySegment written() {
        return staging != null
                ? staging.segment().asSlice(0, byteSize)
                : space.zone.writable().asSlice(offset, byteSize);
    }

    void publish() {
        Staging written = staging;
        if (written != null) {
            space.write("publish()", offset, written.segment(), 0, byteSize);
        }
        if (domain != Domain.DATA) {
            space.publish(offset);
        }
    }

    void free() {
        endStaging();
        FreeResult result = space.free(offset, Holder.OBJECT);
        assert result == FreeResult.DONE : result + " offset=" + offset;
    }

    /** Gives the buffer back, if there is one. */
    void endStaging() {
        Staging written = staging;
        if (written != null) {
            staging = null;
            written.free();
        }
    }
}
