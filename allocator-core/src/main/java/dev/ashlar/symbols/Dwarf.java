package dev.ashlar.symbols;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes DWARF (version 5, sections 2.5 and 6.4): numbers, and expressions with jumps to labels. For one thread. */
final class Dwarf {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<String, Integer> labels = new HashMap<>();
    private final List<Jump> jumps = new ArrayList<>();

    private record Jump(int operand, String label) {}

    Dwarf write(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    /** Writes the lowest bytes of a number, the lowest first. */
    Dwarf number(long value, int byteSize) {
        for (int index = 0; index < byteSize; index++) {
            bytes.write((int) (value >>> (8 * index)));
        }
        return this;
    }

    /** Writes an unsigned number in the LEB128 encoding. */
    Dwarf leb(long value) {
        long rest = value;
        while (rest >= 0x80) {
            bytes.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return this;
    }

    Dwarf write(byte[] block) {
        bytes.writeBytes(block);
        return this;
    }

    /** Writes zeros, which mean nothing, up to a multiple of 8 bytes. */
    Dwarf align() {
        while (bytes.size() % 8 != 0) {
            bytes.write(0);
        }
        return this;
    }

    /** Writes a jump to a label, now or later in the expression. */
    Dwarf jump(int operation, String label) {
        bytes.write(operation);
        jumps.add(new Jump(bytes.size(), label));
        return number(0, 2);
    }

    Dwarf label(String label) {
        labels.put(label, bytes.size());
        return this;
    }

    int byteSize() {
        return bytes.size();
    }

    /** {@return what was written, with the jumps} */
    byte[] toBytes() {
        byte[] written = bytes.toByteArray();
        for (Jump jump : jumps) {
            int target = Objects.requireNonNull(labels.get(jump.label()), jump.label());
            int distance = target - (jump.operand() + 2);
            written[jump.operand()] = (byte) distance;
            written[jump.operand() + 1] = (byte) (distance >> 8);
        }
        return written;
    }
}
