package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Frame;
import dev.ashlar.region.Zone;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.slab.BlockStore;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A page of trampolines: the stubs, written and published once, and the cells through which they jump, in the heap's
 * zone for data and so within reach of a 32-bit displacement.
 *
 * <pre>
 *   stub  ff 25 disp32   jmp [rip+disp32], through its cell
 *         f4 f4 ..       hlt, up to 16 bytes: the target of a free one
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class TrampolineChunk {
    /** Trampolines of a chunk. */
    public static final int TRAMPOLINE_COUNT = 256;

    /** Bytes of a trampoline's code. */
    public static final int STUB_BYTE_SIZE = 16;

    private static final int JUMP_BYTE_SIZE = 6;
    private static final int CELL_BYTE_SIZE = Long.BYTES;
    private static final int STUBS_BYTE_SIZE = TRAMPOLINE_COUNT * STUB_BYTE_SIZE;
    private static final int CELLS_BYTE_SIZE = TRAMPOLINE_COUNT * CELL_BYTE_SIZE;
    /** A line of the data cache. */
    private static final int CELL_ALIGNMENT = 64;

    private static final short JUMP_THROUGH_MEMORY = 0x25ff;
    private static final ValueLayout.OfShort OPCODE =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt DISPLACEMENT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle CELL =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final Piece stubs;
    private final Piece cells;
    private boolean areStubsFree;
    /** Null until one is named. Guarded by the pool's lock. */
    private NamedPart @Nullable [] names;

    private TrampolineChunk(Piece stubs, Piece cells) {
        this.stubs = stubs;
        this.cells = cells;
    }

    /** Makes a chunk, each trampoline of which leads into a trap. If that fails, nothing is left. */
    public static TrampolineChunk make(Zones zones) {
        Space code = zones.first();
        Space data = zones.of(Domain.DATA, CELLS_BYTE_SIZE);
        Piece stubs = new Piece(code, STUBS_BYTE_SIZE, BlockStore.MINIMUM_ALIGNMENT);
        try {
            Piece cells = new Piece(data, CELLS_BYTE_SIZE, CELL_ALIGNMENT);
            try {
                TrampolineChunk chunk = new TrampolineChunk(stubs, cells);
                chunk.write();
                return chunk;
            } catch (RuntimeException | Error failed) {
                cells.undo();
                throw failed;
            }
        } catch (RuntimeException | Error failed) {
            stubs.undo();
            throw failed;
        }
    }

    private void write() {
        MemorySegment code = MemorySegment.ofArray(new byte[STUBS_BYTE_SIZE]);
        Zone.fillWithTraps(code);
        for (int index = 0; index < TRAMPOLINE_COUNT; index++) {
            long cell = cells.address() + (long) index * CELL_BYTE_SIZE;
            long distance = cell - (address(index) + JUMP_BYTE_SIZE);
            if (distance != (int) distance) {
                throw NotReachableException.trampolineCell(address(index), cell);
            }
            long stub = (long) index * STUB_BYTE_SIZE;
            code.set(OPCODE, stub, JUMP_THROUGH_MEMORY);
            code.set(DISPLACEMENT, stub + OPCODE.byteSize(), (int) distance);
            trap(index);
        }
        Space space = stubs.space();
        space.write("openTrampolines", stubs.offset(), code, 0, STUBS_BYTE_SIZE);
        space.publish(stubs.offset());
        // Not for tools: a symbol of all would hide those of single ones.
        space.regions().events().published(stubs.offset(), STUBS_BYTE_SIZE, "trampolines");
    }

    /** {@return the address of a stub} */
    public long address(int index) {
        return stubs.address() + (long) index * STUB_BYTE_SIZE;
    }

    /** {@return where a trampoline leads} */
    public long target(int index) {
        try {
            return (long) CELL.getAcquire(cells.space().zone().writable(), cellOffset(index));
        } catch (IllegalStateException e) {
            throw cells.space().closedOr(e);
        }
    }

    /** Leads every thread that comes by to an address; it sees what was stored before this call. */
    public void point(int index, long target) {
        try {
            CELL.setRelease(cells.space().zone().writable(), cellOffset(index), target);
        } catch (IllegalStateException e) {
            throw cells.space().closedOr(e);
        }
    }

    /** Leads every thread that comes by into the trap after the stub's own jump, so that a crash names the stub. */
    public void trap(int index) {
        point(index, address(index) + JUMP_BYTE_SIZE);
    }

    /** Names a live trampoline. Pre: the pool's lock is held. */
    public void name(Zones zones, int index, String name) {
        NamedPart[] parts = names;
        if (parts == null) {
            parts = new NamedPart[TRAMPOLINE_COUNT];
            Arrays.fill(parts, NamedPart.NONE);
            zones.recorder().name(stubs.space(), stubs.offset(), parts);
            names = parts;
        }
        parts[index] = new NamedPart(address(index), STUB_BYTE_SIZE, name, Frame.STANDARD);
        stubs.space().notePublished(parts[index]);
    }

    /** Forgets the name of a trampoline that was freed. Pre: the pool's lock is held. */
    public void forgetName(int index) {
        NamedPart[] parts = names;
        if (parts != null) {
            parts[index] = NamedPart.NONE;
        }
    }

    private long cellOffset(int index) {
        return cells.offset() + (long) index * CELL_BYTE_SIZE;
    }

    /**
     * Gives the memory back. A thread that still calls a stub runs into a trap, or into what is there next. If an Error
     * cuts this short, the next call goes on.
     */
    public void free() {
        stubs.space().requireOpen();
        if (!areStubsFree) {
            stubs.free();
            areStubsFree = true;
        }
        cells.free();
    }
}
