package dev.ashlar.symbols;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Frame.Register;
import dev.ashlar.memory.Frame.Row;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The frames of a code zone, where an expression of its one description finds them, so that no block need be
 * registered.
 *
 * <pre>
 *   entry of a granule of 16 bytes   frame number (15 bits), granules back to the start of the block (17 bits);
 *                                    0: the standard frame
 *   frame                            its rows, and a last one that starts nowhere
 *   row                              where it starts (4 bytes), CFA offset (4), whether by the stack pointer (1), where
 *                                    each register lies, in words below the CFA (6), 0 (1)
 * </pre>
 *
 * <p>Equal frames share a number. When the numbers are used up, those that no entry has are taken again. A block's
 * entries belong to the thread that publishes or frees it. Thread-safe.
 */
final class FrameTable {
    static final int DISTANCE_BITS = 17;
    static final int DISTANCE_MASK = (1 << DISTANCE_BITS) - 1;
    static final int ROW_BYTE_SIZE = 16;
    static final int ROW_CFA_OFFSET = 4;
    static final int ROW_REGISTER = 8;
    static final int ROW_SAVED = 9;
    static final int FRAME_BYTE_SIZE = (Frame.MOST_ROWS + 1) * ROW_BYTE_SIZE;

    private static final int FRAME_COUNT = 1 << 15;
    private static final int LOG2_GRANULE = 4;
    private static final int NOWHERE = -1;

    private final long codeStart;
    private final ToolMemory memory;
    private final MemorySegment entries;
    private final MemorySegment frames;

    /** Guarded by this object's monitor, as what follows. */
    private final Map<Frame, Integer> numbers = new HashMap<>();

    private int numberCount = 1;
    private final BitSet free = new BitSet();
    private volatile Last last = new Last(Frame.STANDARD, 0);

    /** The frame that was set last, which most code has next. */
    private record Last(Frame frame, int number) {}

    FrameTable(AddressRange code, SystemCalls calls) {
        this.codeStart = code.start();
        long entriesByteSize = (code.byteSize() >>> LOG2_GRANULE) * Integer.BYTES;
        this.memory = new ToolMemory(calls, entriesByteSize + (long) FRAME_COUNT * FRAME_BYTE_SIZE);
        this.entries = memory.bytes().asSlice(0, entriesByteSize);
        this.frames = memory.bytes().asSlice(entriesByteSize);
    }

    long codeStart() {
        return codeStart;
    }

    long entries() {
        return entries.address();
    }

    long frames() {
        return frames.address();
    }

    /** Sets the frame of code. If there is no room for it, unwinding through that code fails. */
    void set(long address, long byteSize, Frame frame) {
        Last known = last;
        if (known.frame().equals(frame)) {
            write(address, byteSize, known.number());
            VarHandle.fullFence();
            if (last.equals(known)) {
                return;
            }
            // The number may have been taken again before it was written.
        }
        synchronized (this) {
            write(address, byteSize, numberOf(frame));
        }
    }

    private void write(long address, long byteSize, int number) {
        int first = granule(address);
        int count = endGranule(address + byteSize) - first;
        int word = number << DISTANCE_BITS;
        for (int index = 0; index < count; index++) {
            entries.setAtIndex(JAVA_INT, first + (long) index, number == 0 ? 0 : word | Math.min(index, DISTANCE_MASK));
        }
        VarHandle.releaseFence();
    }

    /** Gives code the standard frame, before it is freed. */
    void clear(long address, long byteSize) {
        int first = granule(address);
        if (entries.getAtIndex(JAVA_INT, first) != 0) {
            long count = (long) endGranule(address + byteSize) - first;
            entries.asSlice((long) first * Integer.BYTES, count * Integer.BYTES).fill((byte) 0);
        }
    }

    /** {@return the first granule after code that ends at an address} */
    private int endGranule(long end) {
        return granule(end + (1 << LOG2_GRANULE) - 1);
    }

    private int granule(long address) {
        return (int) ((address - codeStart) >>> LOG2_GRANULE);
    }

    private int numberOf(Frame frame) {
        Integer known = numbers.get(frame);
        int number = known != null ? known : add(frame);
        last = new Last(frame, number);
        return number;
    }

    private int add(Frame frame) {
        int number = nextNumber();
        if (number != 0) {
            write(frame, number);
            numbers.put(frame, number);
        }
        return number;
    }

    private int nextNumber() {
        if (numberCount < FRAME_COUNT) {
            return numberCount++;
        }
        if (free.isEmpty()) {
            findFree();
        }
        int number = Math.max(0, free.nextSetBit(1));
        free.clear(number);
        return number;
    }

    private void findFree() {
        // A thread that has written the number of the last frame either sees this, or its entries are seen below.
        last = new Last(Frame.STANDARD, 0);
        VarHandle.fullFence();
        BitSet used = new BitSet();
        for (long granule = 0; granule < entries.byteSize() / Integer.BYTES; granule++) {
            used.set(entries.getAtIndex(JAVA_INT, granule) >>> DISTANCE_BITS);
        }
        numbers.values().removeIf(number -> !used.get(number));
        free.set(1, FRAME_COUNT);
        free.andNot(used);
    }

    private void write(Frame frame, int number) {
        long row = (long) number * FRAME_BYTE_SIZE;
        for (Row found : frame.rows()) {
            frames.set(JAVA_INT, row, found.codeOffset());
            frames.set(JAVA_INT, row + ROW_CFA_OFFSET, found.cfaOffset());
            frames.set(JAVA_BYTE, row + ROW_REGISTER, (byte) (found.isByStackPointer() ? 1 : 0));
            for (Register register : Register.values()) {
                int words = found.saved().get(register.index()) / Long.BYTES;
                frames.set(JAVA_BYTE, row + ROW_SAVED + register.index(), (byte) words);
            }
            row += ROW_BYTE_SIZE;
        }
        frames.set(JAVA_INT, row, NOWHERE);
    }

    void close() {
        memory.close();
    }
}
