package dev.ashlar.symbols;

import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Frame.Register;
import dev.ashlar.memory.Frame.Row;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Platform;

/**
 * Writes .eh_frame: a CIE, which is the same for all code, an FDE for a range of code, and the end (DWARF 5, section
 * 6.4; LSB 5.0, Core, chapter 10.6).
 */
final class FrameDescription {
    // Operations of expressions.
    private static final int DEREF = 0x06;
    private static final int CONST4U = 0x0c;
    private static final int CONST8U = 0x0e;
    private static final int DUP = 0x12;
    private static final int DROP = 0x13;
    private static final int PICK = 0x15;
    private static final int SWAP = 0x16;
    private static final int ROT = 0x17;
    private static final int AND = 0x1a;
    private static final int MINUS = 0x1c;
    private static final int MULTIPLY = 0x1e;
    private static final int PLUS = 0x22;
    private static final int PLUS_CONST = 0x23;
    private static final int SHIFT_LEFT = 0x24;
    private static final int SHIFT_RIGHT = 0x25;
    private static final int BRANCH = 0x28;
    private static final int LESS_OR_EQUAL = 0x2c;
    private static final int SKIP = 0x2f;
    private static final int LITERAL = 0x30;
    private static final int REGISTER = 0x70;
    private static final int DEREF_SIZE = 0x94;

    // Instructions of an FDE.
    private static final int ADVANCE = 0x04;
    private static final int SAVED_AT = 0x80;
    private static final int SAME_VALUE = 0x08;
    private static final int CFA = 0x0c;
    private static final int CFA_EXPRESSION = 0x0f;
    private static final int VALUE_EXPRESSION = 0x16;

    private static final int ABSOLUTE = 0;
    private static final int RELATIVE_4_BYTES = 0x1b;

    private static final int FRAME_POINTER = 6;
    private static final int STACK_POINTER = 7;
    private static final int RETURN_ADDRESS = 16;
    private static final int AARCH64_FRAME_POINTER = 29;
    private static final int AARCH64_LINK = 30;
    private static final int AARCH64_STACK_POINTER = 31;

    private FrameDescription() {}

    /** {@return the description of a zone in which all code has the standard frame} */
    static byte[] ofStandard(AddressRange code) {
        return section(code, standard());
    }

    /** {@return the description of a zone whose frames lie in a table} */
    static byte[] ofTable(AddressRange code, FrameTable table) {
        Dwarf instructions = new Dwarf().write(CFA_EXPRESSION);
        block(instructions, cfaExpression(table));
        for (Register register : Register.values()) {
            instructions.write(VALUE_EXPRESSION).leb(register.number());
            block(instructions, valueExpression(table, register));
        }
        return section(code, instructions.toBytes());
    }

    private static void block(Dwarf instructions, byte[] expression) {
        instructions.leb(expression.length).write(expression);
    }

    private static byte[] section(AddressRange code, byte[] instructions) {
        Dwarf section = new Dwarf().write(cie(ABSOLUTE));
        int fde = section.byteSize();
        byte[] body = new Dwarf().number(fde + 4L, 4)
                .number(code.start(), 8).number(code.byteSize(), 8)
                .write(0) // no further data
                .write(instructions)
                .toBytes();
        return section.write(record(body)).number(0, 4).toBytes();
    }

    /** {@return a CIE or an FDE, whose length comes first} */
    private static byte[] record(byte[] body) {
        int padded = ((body.length + 4 + 7) & -8) - 4;
        return new Dwarf().number(padded, 4).write(body).align().toBytes();
    }

    private static byte[] cie(int encoding) {
        Dwarf body = new Dwarf().number(0, 4).write(1, 'z', 'R', 0);
        body.leb(1).write(0x78); // factors of code and data: 1 and -8
        body.leb(Platform.isAarch64() ? AARCH64_LINK : RETURN_ADDRESS).leb(1).write(encoding);
        // At the first instruction.
        if (Platform.isAarch64()) {
            body.write(CFA).leb(AARCH64_STACK_POINTER).leb(0);
        } else {
            body.write(CFA).leb(STACK_POINTER).leb(8).write(SAVED_AT | RETURN_ADDRESS).leb(1);
        }
        return record(body.toBytes());
    }

    private static byte[] standard() {
        return Platform.isAarch64()
                ? new Dwarf().write(CFA).leb(AARCH64_FRAME_POINTER).leb(16)
                        .write(SAVED_AT | AARCH64_FRAME_POINTER).leb(2).write(SAVED_AT | AARCH64_LINK).leb(1).toBytes()
                : new Dwarf().write(CFA).leb(FRAME_POINTER).leb(16).write(SAVED_AT | FRAME_POINTER).leb(2).toBytes();
    }

    /** {@return the instructions of an FDE for one function} */
    private static byte[] instructions(Frame frame) {
        if (frame.isStandard()) {
            return standard();
        }
        Dwarf instructions = new Dwarf();
        Row last = Frame.ENTRY.rows().getFirst();
        for (Row row : frame.rows()) {
            if (row.codeOffset() > last.codeOffset()) {
                instructions.write(ADVANCE).number((long) row.codeOffset() - last.codeOffset(), 4);
            }
            instructions.write(CFA).leb(row.isByStackPointer() ? STACK_POINTER : FRAME_POINTER).leb(row.cfaOffset());
            for (Register register : Register.values()) {
                int saved = row.saved().get(register.index());
                if (saved != last.saved().get(register.index())) {
                    if (saved == 0) {
                        instructions.write(SAME_VALUE).leb(register.number());
                    } else {
                        instructions.write(SAVED_AT | register.number()).leb(saved / 8);
                    }
                }
            }
            last = row;
        }
        return instructions.toBytes();
    }

    /**
     * {@return .eh_frame and .eh_frame_hdr for functions with a frame, by distances, as they follow the code in an
     * image of perf, at the next multiple of 8 bytes}
     */
    static RelativeFrames relative(Frame frame) {
        Dwarf frames = new Dwarf().write(cie(RELATIVE_4_BYTES));
        int fde = frames.byteSize();
        byte[] body = new Dwarf().number(fde + 4L, 4)
                .number(0, 4).number(0, 4) // where the code lies, and its size
                .write(0)
                .write(instructions(frame))
                .toBytes();
        frames.write(record(body)).number(0, 4).align();
        int byteSize = frames.byteSize();
        byte[] header = new Dwarf()
                .write(1, RELATIVE_4_BYTES, 0x03, 0x3b) // the frames by distance; a count; a table from the header on
                .number(-(byteSize + 4L), 4)
                .number(1, 4)
                .number(0, 4).number(fde - (long) byteSize, 4) // where the code and its FDE lie
                .align()
                .toBytes();
        return new RelativeFrames(frames.write(header).toBytes(), header.length, fde + 8, byteSize);
    }

    /** Begins an expression, which has the row of the current instruction, or 0, on top. */
    private static Dwarf row(FrameTable table) {
        return new Dwarf()
                .write(REGISTER + RETURN_ADDRESS, 0) // where the frame will go on
                .write(CONST8U).number(table.codeStart(), 8).write(MINUS)
                // The granule's entry.
                .write(DUP, LITERAL + 4, SHIFT_RIGHT, LITERAL + 2, SHIFT_LEFT)
                .write(CONST8U).number(table.entries(), 8).write(PLUS, DEREF_SIZE, 4)
                .write(DUP).jump(BRANCH, "own").jump(SKIP, "standard")
                .label("own")
                // How far it is into the code, and the first row.
                .write(DUP, CONST4U).number(FrameTable.DISTANCE_MASK, 4).write(AND, LITERAL + 4, SHIFT_LEFT, ROT)
                .write(LITERAL + FrameTable.DISTANCE_BITS, SHIFT_RIGHT)
                .write(CONST4U).number(FrameTable.FRAME_BYTE_SIZE, 4).write(MULTIPLY)
                .write(CONST8U).number(table.frames(), 8).write(PLUS)
                .write(ROT, LITERAL + 15, AND, PLUS, SWAP)
                // The last row that starts there or before.
                .label("next")
                .write(DUP, PLUS_CONST, FrameTable.ROW_BYTE_SIZE, DEREF_SIZE, 4, PICK, 2, LESS_OR_EQUAL)
                .jump(BRANCH, "further").jump(SKIP, "found")
                .label("further")
                .write(PLUS_CONST, FrameTable.ROW_BYTE_SIZE).jump(SKIP, "next")
                .label("found");
    }

    private static byte[] cfaExpression(FrameTable table) {
        return row(table)
                .write(DUP, PLUS_CONST, FrameTable.ROW_REGISTER, DEREF_SIZE, 1).jump(BRANCH, "by stack pointer")
                .write(REGISTER + FRAME_POINTER, 0).jump(SKIP, "add")
                .label("by stack pointer")
                .write(REGISTER + STACK_POINTER, 0)
                .label("add")
                .write(SWAP, PLUS_CONST, FrameTable.ROW_CFA_OFFSET, DEREF_SIZE, 4, PLUS).jump(SKIP, "end")
                .label("standard")
                .write(REGISTER + FRAME_POINTER, 16)
                .label("end")
                .toBytes();
    }

    /** The expression begins with the CFA on the stack. */
    private static byte[] valueExpression(FrameTable table, Register register) {
        int number = REGISTER + register.number();
        Dwarf expression = row(table)
                .write(SWAP, DROP, PLUS_CONST, FrameTable.ROW_SAVED + register.index(), DEREF_SIZE, 1)
                .write(DUP).jump(BRANCH, "saved")
                .write(number, 0).jump(SKIP, "end")
                .label("saved")
                .write(LITERAL + 3, SHIFT_LEFT, MINUS, DEREF).jump(SKIP, "end")
                .label("standard");
        if (register == Register.RBP) {
            expression.write(DROP, DROP, LITERAL + 16, MINUS, DEREF);
        } else {
            expression.write(number, 0);
        }
        return expression.label("end").toBytes();
    }
}
