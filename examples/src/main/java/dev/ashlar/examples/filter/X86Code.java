package dev.ashlar.examples.filter;

import dev.ashlar.examples.filter.MachineCode.Fixup;
import dev.ashlar.examples.filter.MachineCode.Target;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the instructions of x86-64 that filters need, as bytes.
 *
 * <p>An instruction is: prefixes, which hold the high bits of register numbers; an opcode; a byte {@code ModRM} with a
 * register and an operand; for an operand in memory a byte {@code SIB} and a displacement; an immediate value. Vector
 * instructions have a VEX prefix, which also names a third register.
 */
final class X86Code {
    /** General registers. */
    enum Register {
        RAX(0), RCX(1), RDX(2), RBX(3), RSP(4), RBP(5), RSI(6), RDI(7), R8(8), R9(9), R10(10),
        R11(11), R12(12), R13(13), R14(14), R15(15);

        /** As the processor counts registers. */
        final int number;

        Register(int number) {
            this.number = number;
        }
    }

    /** What a comparison can find; below and above compare without signs. */
    enum Condition {
        BELOW(2), ABOVE_OR_EQUAL(3), EQUAL(4), NOT_EQUAL(5), BELOW_OR_EQUAL(6), ABOVE(7), LESS(12),
        GREATER_OR_EQUAL(13), LESS_OR_EQUAL(14), GREATER(15);

        /** As the processor counts conditions. */
        final int number;

        Condition(int number) {
            this.number = number;
        }
    }

    /** The last operand of an instruction. */
    sealed interface Operand {
        /** A register, general or vector, by its number. */
        record InRegister(int number) implements Operand {}

        /** Memory at {@code base + index * scale + displacement}; the displacement fits into a byte. */
        record InMemory(Register base, Register index, int scale, int displacement) implements Operand {}

        /** Memory at a distance from the instruction that is known when the code is placed. */
        record AtTarget(Target target) implements Operand {}
    }

    /** A place in the code that jumps lead to. */
    static final class Label {
        private static final int UNBOUND = -1;

        private int position = UNBOUND;
        private final List<Integer> jumps = new ArrayList<>();
    }

    /** Mandatory prefixes, as VEX counts them. */
    static final int NO_PREFIX = 0;
    static final int PREFIX_66 = 1;
    static final int PREFIX_F3 = 2;
    static final int PREFIX_F2 = 3;
    /** Opcode maps, as VEX counts them. */
    static final int MAP_0F = 1;
    static final int MAP_0F38 = 2;

    private static final int[] PREFIX_BYTES = {0, 0x66, 0xf3, 0xf2};
    private static final int ONE_BYTE_MAP = 0;
    private static final int NO_INDEX = Register.RSP.number;

    private ByteBuffer bytes = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteArrayOutputStream constants = new ByteArrayOutputStream();
    private final List<Long> constantBits = new ArrayList<>();
    private final List<Fixup> fixups = new ArrayList<>();

    /** {@return what was written} */
    MachineCode toMachineCode() {
        byte[] code = new byte[bytes.position()];
        bytes.get(0, code);
        return new MachineCode(code, constants.toByteArray(), List.copyOf(fixups));
    }

    // ---------------------------------------------------------------- operands

    static Operand register(Register register) {
        return new Operand.InRegister(register.number);
    }

    static Operand vector(int number) {
        return new Operand.InRegister(number);
    }

    static Operand memory(Register base, Register index, int scale, int displacement) {
        return new Operand.InMemory(base, index, scale, displacement);
    }

    static Operand memory(Register base, int displacement) {
        return new Operand.InMemory(base, Register.RSP, 1, displacement);
    }

    /** {@return a constant of 8 bytes behind the code; equal ones share a place} */
    Operand constant(long bits) {
        int index = constantBits.indexOf(bits);
        if (index < 0) {
            index = constantBits.size();
            constantBits.add(bits);
            constants.writeBytes(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(bits).array());
        }
        return new Operand.AtTarget(new Target.Constant(index * Long.BYTES));
    }

    // ---------------------------------------------------------------- jumps

    void bind(Label label) {
        label.position = bytes.position();
        for (int jump : label.jumps) {
            bytes.putInt(jump, label.position - (jump + Integer.BYTES));
        }
    }

    void jump(Condition condition, Label label) {
        emit(0x0f);
        emit(0x80 + condition.number);
        int field = room(Integer.BYTES).position();
        if (label.position == Label.UNBOUND) {
            label.jumps.add(field);
        }
        bytes.putInt(label.position - (field + Integer.BYTES));
    }

    // ---------------------------------------------------------------- general instructions

    void push(Register register) {
        rex(false, 0, 0, register.number);
        emit(0x50 + (register.number & 7));
    }

    void pop(Register register) {
        rex(false, 0, 0, register.number);
        emit(0x58 + (register.number & 7));
    }

    void ret() {
        emit(0xc3);
    }

    /** Moves 8 bytes. */
    void load(Register to, Operand from) {
        general(NO_PREFIX, true, ONE_BYTE_MAP, 0x8b, to.number, from);
    }

    /** Moves 4 bytes; the upper half becomes zero. */
    void loadInt(Register to, Operand from) {
        general(NO_PREFIX, false, ONE_BYTE_MAP, 0x8b, to.number, from);
    }

    void storeInt(Operand to, Register from) {
        general(NO_PREFIX, false, ONE_BYTE_MAP, 0x89, from.number, to);
    }

    void loadConstant(Register to, long bits) {
        rex(true, 0, 0, to.number);
        emit(0xb8 + (to.number & 7));
        room(Long.BYTES).putLong(bits);
    }

    /** Loads an address. */
    void lea(Register to, Operand from) {
        general(NO_PREFIX, true, ONE_BYTE_MAP, 0x8d, to.number, from);
    }

    void add(Register to, Register from, boolean isWide) {
        general(NO_PREFIX, isWide, ONE_BYTE_MAP, 0x03, to.number, register(from));
    }

    void sub(Register to, Register from, boolean isWide) {
        general(NO_PREFIX, isWide, ONE_BYTE_MAP, 0x2b, to.number, register(from));
    }

    void imul(Register to, Register from, boolean isWide) {
        general(NO_PREFIX, isWide, MAP_0F, 0xaf, to.number, register(from));
    }

    void and(Register to, Register from) {
        general(NO_PREFIX, false, ONE_BYTE_MAP, 0x23, to.number, register(from));
    }

    void or(Register to, Register from) {
        general(NO_PREFIX, false, ONE_BYTE_MAP, 0x0b, to.number, register(from));
    }

    void zero(Register register) {
        general(NO_PREFIX, false, ONE_BYTE_MAP, 0x33, register.number, register(register));
    }

    void xor(Register register, int value) {
        general(NO_PREFIX, false, ONE_BYTE_MAP, 0x81, 6, register(register));
        room(Integer.BYTES).putInt(value);
    }

    void and(Register register, int value) {
        general(NO_PREFIX, false, ONE_BYTE_MAP, 0x81, 4, register(register));
        room(Integer.BYTES).putInt(value);
    }

    void shiftLeft(Register register, int bits) {
        general(NO_PREFIX, false, ONE_BYTE_MAP, 0xc1, 4, register(register));
        emit(bits);
    }

    void compare(Register left, Register right, boolean isWide) {
        general(NO_PREFIX, isWide, ONE_BYTE_MAP, 0x3b, left.number, register(right));
    }

    /** Sets a register to 1 if a condition holds, to 0 otherwise. */
    void set(Condition condition, Register to) {
        int low = to.number & 7;
        int high = to.number >> 3;
        // setcc, then movzx. Always a prefix: without one, 4 to 7 are the second bytes of the first four registers.
        emit(0x40 | high);
        emit(0x0f);
        emit(0x90 + condition.number);
        emit(0xc0 | low);
        emit(0x40 | high << 2 | high);
        emit(0x0f);
        emit(0xb6);
        emit(0xc0 | low << 3 | low);
    }

    void countBits(Register to, Register from) {
        general(PREFIX_F3, false, MAP_0F, 0xb8, to.number, register(from));
    }

    /**
     * Writes an instruction without VEX.
     *
     * @param isWide whether it works on 8 bytes
     * @param register the first register, or the number that is part of the opcode
     */
    void general(int prefix, boolean isWide, int map, int opcode, int register, Operand operand) {
        if (prefix != NO_PREFIX) {
            emit(PREFIX_BYTES[prefix]);
        }
        rex(isWide, register, indexOf(operand), baseOf(operand));
        if (map == MAP_0F) {
            emit(0x0f);
        }
        emit(opcode);
        modRm(register, operand);
    }

    // ---------------------------------------------------------------- vector instructions

    /**
     * Writes an instruction on vectors of 32 bytes.
     *
     * @param register the first register
     * @param second the second register, or 0 if the instruction has none
     */
    void vex(int prefix, int map, int opcode, int register, int second, Operand operand) {
        emit(0xc4);
        emit((~register >> 3 & 1) << 7 | (~indexOf(operand) >> 3 & 1) << 6 | (~baseOf(operand) >> 3 & 1) << 5 | map);
        emit((~second & 0xf) << 3 | 1 << 2 | prefix);
        emit(opcode);
        modRm(register, operand);
    }

    /** Writes an immediate value of a byte, which ends some instructions. */
    void immediate(int value) {
        emit(value);
    }

    /** Clears the upper halves of vector registers: without it, SSE instructions that follow are slow. */
    void vzeroupper() {
        emit(0xc5);
        emit(0xf8);
        emit(0x77);
    }

    // ---------------------------------------------------------------- encoding

    private void rex(boolean isWide, int register, int index, int base) {
        int bits = (isWide ? 8 : 0) | register >> 3 << 2 | index >> 3 << 1 | base >> 3;
        if (bits != 0) {
            emit(0x40 | bits);
        }
    }

    private static int baseOf(Operand operand) {
        return switch (operand) {
            case Operand.InRegister(int number) -> number;
            case Operand.InMemory memory -> memory.base().number;
            case Operand.AtTarget _ -> 0;
        };
    }

    private static int indexOf(Operand operand) {
        return operand instanceof Operand.InMemory memory ? memory.index().number : 0;
    }

    private void modRm(int register, Operand operand) {
        int middle = (register & 7) << 3;
        switch (operand) {
            case Operand.InRegister(int number) -> emit(0xc0 | middle | (number & 7));
            case Operand.InMemory(Register base, Register index, int scale, int displacement) -> {
                // One form for all: with SIB and a displacement of a byte.
                emit(0x40 | middle | NO_INDEX);
                emit(Integer.numberOfTrailingZeros(scale) << 6 | (index.number & 7) << 3 | (base.number & 7));
                emit(displacement);
            }
            case Operand.AtTarget(Target target) -> {
                emit(middle | 5);
                fixups.add(new Fixup(bytes.position(), target));
                room(Integer.BYTES).putInt(0);
            }
        }
    }

    private void emit(int value) {
        room(1).put((byte) value);
    }

    private ByteBuffer room(int byteSize) {
        if (bytes.remaining() < byteSize) {
            bytes = ByteBuffer.allocate(2 * bytes.capacity()).order(ByteOrder.LITTLE_ENDIAN).put(bytes.flip());
        }
        return bytes;
    }
}
