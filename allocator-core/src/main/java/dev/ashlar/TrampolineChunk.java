package dev.ashlar;

import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The trampolines that are made together: a page of stubs, written and published once, and the cells through which they
 * jump, in the heap's zone for data and so in reach of a 32-bit displacement.
 *
 * <pre>
 *   stub  ff 25 disp32   jmp [rip+disp32], through its cell
 *         cc cc ..       int3, up to 16 bytes: the target of a free one
 * </pre>
 */
final class TrampolineChunk {
    static final int TRAMPOLINE_COUNT = 256;

    private static final int STUB_BYTE_SIZE = 16;
    private static final int JUMP_BYTE_SIZE = 6;
    private static final int CELL_BYTE_SIZE = Long.BYTES;
    /** A line of the data cache. */
    private static final int CELL_ALIGNMENT = 64;

    private static final short JUMP_THROUGH_MEMORY = 0x25ff;
    private static final ValueLayout.OfShort OPCODE =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt DISPLACEMENT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle CELL =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final CodeBlock stubs;
    private final long stubsAddress;
    private final HeapSpace data;
    /** Offset of the first cell in the zone for data. */
    private final long cells;

    private TrampolineChunk(CodeBlock stubs, HeapSpace data, long cells) {
        this.stubs = stubs;
        this.stubsAddress = stubs.address();
        this.data = data;
        this.cells = cells;
    }

    /** Makes a chunk, of which every trampoline leads into a trap. Where that fails nothing is left. */
    static TrampolineChunk make(CodeHeap heap, HeapSpace data) {
        CodeBlock stubs = heap.allocate(TRAMPOLINE_COUNT * STUB_BYTE_SIZE);
        try {
            long cells = data.take(TRAMPOLINE_COUNT * CELL_BYTE_SIZE, CELL_ALIGNMENT, Holder.OBJECT);
            try {
                TrampolineChunk chunk = new TrampolineChunk(stubs, data, cells);
                chunk.write();
                return chunk;
            } catch (RuntimeException | Error failed) {
                data.free(cells, Holder.OBJECT);
                throw failed;
            }
        } catch (RuntimeException | Error failed) {
            stubs.free();
            throw failed;
        }
    }

    private void write() {
        MemorySegment code = stubs.writable();
        long cellsAddress = data.zone.base() + cells;
        for (int index = 0; index < TRAMPOLINE_COUNT; index++) {
            long cell = cellsAddress + (long) index * CELL_BYTE_SIZE;
            long distance = cell - (address(index) + JUMP_BYTE_SIZE);
            if (distance != (int) distance) {
                throw HeapErrors.cellNotReachable(address(index), cell);
            }
            long stub = (long) index * STUB_BYTE_SIZE;
            // What follows is trapping instructions already, as all code memory that nobody has written to.
            code.set(OPCODE, stub, JUMP_THROUGH_MEMORY);
            code.set(DISPLACEMENT, stub + OPCODE.byteSize(), (int) distance);
            trap(index);
        }
        stubs.publish();
    }

    long address(int index) {
        return stubsAddress + (long) index * STUB_BYTE_SIZE;
    }

    void point(int index, long target) {
        try {
            CELL.setRelease(data.zone.writable(), offsetOf(index), target);
        } catch (IllegalStateException e) {
            throw data.closedOr(e);
        }
    }

    long target(int index) {
        try {
            return (long) CELL.getAcquire(data.zone.writable(), offsetOf(index));
        } catch (IllegalStateException e) {
            throw data.closedOr(e);
        }
    }

    void trap(int index) {
        point(index, address(index) + JUMP_BYTE_SIZE);
    }

    private long offsetOf(int index) {
        return cells + (long) index * CELL_BYTE_SIZE;
    }

    /** Gives the memory back; what still calls a stub runs into traps, or into what is there next. */
    void free() {
        stubs.free();
        data.free(cells, Holder.OBJECT);
    }
}
