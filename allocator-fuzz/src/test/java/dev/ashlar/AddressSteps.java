package dev.ashlar;

import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.report.WrongAddressException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Random steps with blocks of code that are held by their addresses, and with any other addresses. */
final class AddressSteps {
    private final Script script;
    private final CodeAddresses code;
    private final WritePath path;
    private final long capacity;
    private final Ranges ranges;
    private final Map<Long, Held> blocks = new HashMap<>();
    private int nextMark;

    private static final class Held {
        final Contents contents;
        boolean isPublished;

        Held(Contents contents) {
            this.contents = contents;
        }
    }

    AddressSteps(Script script, CodeHeap heap, Ranges ranges) {
        this.script = script;
        this.code = heap.addresses();
        this.path = heap.writePath();
        this.capacity = heap.report().capacityByteSize();
        this.ranges = ranges;
    }

    void step() {
        if (script.below(4) == 0) {
            allocate();
            return;
        }
        long address = ranges.address(script);
        Held held = blocks.get(address);
        switch (script.below(7)) {
            case 0 -> write(address, held);
            case 1 -> publish(address, held);
            case 2 -> shrink(address, held);
            case 3 -> patch(address, held);
            case 4, 5 -> free(address, held);
            default -> ask(address);
        }
        if (held != null && blocks.containsKey(address)) {
            held.contents.requireIn(Memory.at(address, held.contents.byteSize()));
        }
    }

    private void allocate() {
        long byteSize = script.size();
        boolean isAligned = script.isChosen();
        long byteAlignment = isAligned ? script.alignment() : 1;
        Temperature temperature = script.oneOf(List.of(Temperature.values()));
        long[] result = new long[1];
        RuntimeException refusal = Check.refusal(script, () -> result[0] = isAligned
                ? code.allocate(byteSize, byteAlignment, temperature)
                : code.allocate(byteSize));
        Check.argumentsWere(byteSize >= 1 && byteSize <= capacity && Check.isAlignment(byteAlignment), refusal);
        if (refusal == null) {
            long usable = code.usableByteSize(result[0]);
            Check.require(usable >= byteSize, "usable " + usable + " of " + byteSize);
            ranges.add(result[0], usable, byteAlignment);
            Held held = new Held(Contents.filledWith(Contents.TRAP, usable));
            held.contents.requireIn(Memory.at(result[0], usable));
            blocks.put(result[0], held);
        }
    }

    private void write(long address, @Nullable Held held) {
        byte[] source = new byte[script.below(256)];
        byte mark = (byte) nextMark++;
        Arrays.fill(source, mark);
        boolean isWithin = script.isChosen();
        long offset = isWithin ? script.below(64) : script.number();
        long sourceOffset = isWithin ? script.below(16) : script.number();
        long byteSize = isWithin ? script.below(64) : script.number();
        RuntimeException refusal = Check.refusal(script,
                () -> code.write(address, offset, MemorySegment.ofArray(source), sourceOffset, byteSize),
                IndexOutOfBoundsException.class);
        requireWrongAddressUnless(held != null, refusal);
        if (refusal == null) {
            Check.require(offset >= 0 && byteSize >= 0 && offset <= held.contents.byteSize() - byteSize
                    && sourceOffset >= 0 && sourceOffset <= source.length - byteSize, "a range outside was written");
            for (long index = 0; index < byteSize; index++) {
                held.contents.put(offset + index, mark);
            }
        }
    }

    private void publish(long address, @Nullable Held held) {
        RuntimeException refusal = Check.refusal(script, () -> code.publish(address));
        requireWrongAddressUnless(held != null, refusal);
        Check.require(held == null || refusal == null || held.isPublished, "publish() failed: " + refusal);
        if (refusal == null) {
            held.isPublished = true;
        }
    }

    private void shrink(long address, @Nullable Held held) {
        long byteSize = script.isChosen() ? 1 + script.below(256) : script.number();
        long[] result = new long[1];
        RuntimeException refusal = Check.refusal(script, () -> result[0] = code.shrink(address, byteSize));
        requireWrongAddressUnless(held != null, refusal);
        if (held != null && refusal == null) {
            Check.argumentsWere(byteSize >= 1 && byteSize <= held.contents.byteSize(), null);
            Check.require(result[0] >= byteSize && result[0] <= held.contents.byteSize(), "shrunk to " + result[0]);
            held.contents.shrink(result[0]);
            ranges.remove(address);
            ranges.add(address, result[0], 1);
        }
    }

    private void patch(long address, @Nullable Held held) {
        long offset = script.isChosen() ? script.below(256) : script.number();
        long value = script.number();
        int byteSize = (int) (script.isChosen() ? 1 + script.below(8) : script.number());
        RuntimeException refusal = Check.refusal(script, () -> code.patch(address, offset, value, byteSize));
        requireWrongAddressUnless(held != null, refusal);
        if (refusal == null) {
            Check.require(path == WritePath.ALIAS, "patched on " + path);
            for (int index = 0; index < byteSize; index++) {
                held.contents.put(offset + index, (byte) (value >>> index * Byte.SIZE));
            }
        }
    }

    private void free(long address, @Nullable Held held) {
        RuntimeException refusal = Check.refusal(script, () -> code.free(address));
        requireWrongAddressUnless(held != null, refusal);
        Check.require(held == null || refusal == null, "free() failed: " + refusal);
        if (refusal == null) {
            ranges.remove(address);
            blocks.remove(address);
        }
    }

    private void ask(long address) {
        long start = ranges.containing(address);
        long found = code.blockContaining(address);
        // Trampolines and units are not among the ranges.
        Check.require(start == 0 || found == start, "block at " + start + ", found " + found);
        RuntimeException refusal = Check.refusal(() -> code.usableByteSize(address));
        Check.require((found == address && found != 0) == (refusal == null), "usableByteSize: " + refusal);
        RuntimeException unwritable = Check.refusal(() -> code.writable(address));
        boolean mayBeRefused = path == WritePath.POKE && unwritable instanceof WritePathException
                || path == WritePath.IN_PLACE && unwritable instanceof BlockStateException;
        Check.require(found == 0 ? unwritable != null : unwritable == null || mayBeRefused,
                "writable: " + unwritable);
    }

    private static void requireWrongAddressUnless(boolean isHeld, @Nullable RuntimeException refusal) {
        Check.require(isHeld != refusal instanceof WrongAddressException, "the block is held by its address: "
                + isHeld + ", and the refusal is " + refusal);
        Check.require(isHeld || refusal != null, "a wrong address was accepted");
    }

    /** Checks all blocks, and frees them. */
    void end() {
        blocks.forEach((address, held) -> {
            held.contents.requireIn(Memory.at(address, held.contents.byteSize()));
            code.free(address);
            ranges.remove(address);
            Check.refuses(WrongAddressException.class, () -> code.free(address));
        });
        blocks.clear();
    }
}
