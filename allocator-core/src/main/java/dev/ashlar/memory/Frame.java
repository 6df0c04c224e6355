package dev.ashlar.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How the stack looks while a function runs, so that exceptions, debuggers and profilers find its caller: from each
 * offset in the code on, where the canonical frame address (CFA) lies, which is the stack pointer before the call, and
 * which registers of the caller lie below it.
 *
 * {@snippet :
 * // push rbx; sub rsp, 16; ...; add rsp, 16; pop rbx; ret
 * Frame frame = Frame.ENTRY
 *         .stackPointer(1, 16).saved(Frame.Register.RBX, 16)
 *         .stackPointer(5, 32)
 *         .stackPointer(40, 16)
 *         .stackPointer(41, 8).restored(Frame.Register.RBX);
 * }
 *
 * <p>Frames other than {@link #STANDARD} are for x86-64, and for code of at most 2 MiB. Immutable and thread-safe.
 *
 * @see <a href="https://dwarfstd.org/doc/DWARF5.pdf">DWARF 5, section 6.4</a>
 */
public final class Frame {
    /** The most rows of a frame. */
    public static final int MOST_ROWS = 31;

    /**
     * The frame of code that begins by pushing the frame pointer and pointing it there, and keeps it until it returns:
     * {@code push rbp; mov rbp, rsp} on x86-64, {@code stp x29, x30, [sp, #-N]!; mov x29, sp} on AArch64. It costs
     * nothing per block. In the first and the last instructions of the function it is wrong.
     */
    public static final Frame STANDARD = new Frame(List.of());

    /** The frame of code that does not move the stack pointer: on x86-64 it lies 8 bytes below the CFA. */
    public static final Frame ENTRY = new Frame(List.of(new Row(0, true, 8, List.of(0, 0, 0, 0, 0, 0))));

    private static final int LARGEST_SAVED = 255 * 8;

    private final List<Row> rows;
    private final int hash;

    private Frame(List<Row> rows) {
        this.rows = List.copyOf(rows);
        this.hash = this.rows.hashCode();
    }

    /** A register that a function must restore before it returns, on x86-64. */
    public enum Register {
        /** Number 3 of DWARF. */
        RBX(3, 0),
        /** Number 6 of DWARF. */
        RBP(6, 1),
        /** Number 12 of DWARF. */
        R12(12, 2),
        /** Number 13 of DWARF. */
        R13(13, 3),
        /** Number 14 of DWARF. */
        R14(14, 4),
        /** Number 15 of DWARF. */
        R15(15, 5);

        private final int number;
        private final int index;

        Register(int number, int index) {
            this.number = number;
            this.index = index;
        }

        /** {@return its number in DWARF for x86-64} */
        public int number() {
            return number;
        }

        /** {@return its place in {@link Row#saved}} */
        public int index() {
            return index;
        }
    }

    /**
     * What is true from an offset in the code on, until the next row.
     *
     * @param codeOffset bytes from the first instruction
     * @param isByStackPointer whether the CFA is found by the stack pointer, and not by the frame pointer
     * @param cfaOffset bytes from that register up to the CFA
     * @param saved for each register, by {@link Register#index}, bytes from where it lies up to the CFA; 0 if it is not
     *     saved
     */
    public record Row(int codeOffset, boolean isByStackPointer, int cfaOffset, List<Integer> saved) {}

    /** {@return whether this is the standard frame} */
    public boolean isStandard() {
        return rows.isEmpty();
    }

    /** {@return the rows, by offset; none for the standard frame} */
    public List<Row> rows() {
        return rows;
    }

    /**
     * Says that from an instruction on the stack pointer lies below the CFA.
     *
     * @param codeOffset bytes from the first instruction to this one; not before the last row
     * @param cfaOffset bytes from the stack pointer up to the CFA, at least 8
     * @return this frame with that row
     * @throws IllegalArgumentException if a number is out of range, or there are too many rows
     */
    public Frame stackPointer(int codeOffset, int cfaOffset) {
        return with(codeOffset, true, cfaOffset);
    }

    /**
     * Says that from an instruction on the frame pointer lies below the CFA.
     *
     * @param codeOffset bytes from the first instruction to this one; not before the last row
     * @param cfaOffset bytes from the frame pointer up to the CFA, at least 8
     * @return this frame with that row
     * @throws IllegalArgumentException if a number is out of range, or there are too many rows
     */
    public Frame framePointer(int codeOffset, int cfaOffset) {
        return with(codeOffset, false, cfaOffset);
    }

    private Frame with(int codeOffset, boolean isByStackPointer, int cfaOffset) {
        requireOwn();
        Row last = rows.getLast();
        if (codeOffset < last.codeOffset() || cfaOffset < 8) {
            throw new IllegalArgumentException("a row must not come before the last one, and its CFA is at least 8"
                    + " bytes up: codeOffset=" + codeOffset + ", last codeOffset=" + last.codeOffset()
                    + ", cfaOffset=" + cfaOffset);
        }
        boolean replacesLast = codeOffset == last.codeOffset();
        if (!replacesLast && rows.size() == MOST_ROWS) {
            throw new IllegalArgumentException("a frame has at most " + MOST_ROWS + " rows");
        }
        List<Row> longer = new ArrayList<>(replacesLast ? rows.subList(0, rows.size() - 1) : rows);
        longer.add(new Row(codeOffset, isByStackPointer, cfaOffset, last.saved()));
        return new Frame(longer);
    }

    /**
     * Says that from the last row on a register of the caller lies below the CFA.
     *
     * @param register the register
     * @param cfaOffset bytes from where it lies up to the CFA: a multiple of 8, 16 to 2,040
     * @return this frame with that
     * @throws IllegalArgumentException if the offset is out of range
     */
    public Frame saved(Register register, int cfaOffset) {
        if (cfaOffset < 16 || cfaOffset > LARGEST_SAVED || cfaOffset % 8 != 0) {
            throw new IllegalArgumentException("cfaOffset must be a multiple of 8, 16 to " + LARGEST_SAVED + ": "
                    + cfaOffset);
        }
        return withSaved(register, cfaOffset);
    }

    /**
     * Says that from the last row on a register has the value of the caller again.
     *
     * @param register the register
     * @return this frame with that
     */
    public Frame restored(Register register) {
        return withSaved(register, 0);
    }

    private Frame withSaved(Register register, int cfaOffset) {
        requireOwn();
        Objects.requireNonNull(register, "register");
        Row last = rows.getLast();
        List<Integer> saved = new ArrayList<>(last.saved());
        saved.set(register.index(), cfaOffset);
        List<Row> changed = new ArrayList<>(rows.subList(0, rows.size() - 1));
        changed.add(new Row(last.codeOffset(), last.isByStackPointer(), last.cfaOffset(), List.copyOf(saved)));
        return new Frame(changed);
    }

    private void requireOwn() {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("the standard frame cannot be changed: begin with Frame.ENTRY");
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Frame frame && frame.hash == hash && frame.rows.equals(rows));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return rows.isEmpty() ? "Frame[standard]" : "Frame" + rows;
    }
}
