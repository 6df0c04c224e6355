package dev.ashlar.tool.code;

import jnr.x86asm.Assembler;
import jnr.x86asm.Label;

/**
 * A loop with one exit: {@code begin, ..., leaveIfZero, ..., end}.
 *
 * <p>The assembler can jump to a label but has no public way to say where the label is (its {@code bind} was never
 * opened). So a jump is emitted to a label that stays unbound, which leaves 32 bits for the distance, and the distance
 * is set here.
 */
final class Loop {

    private static final int NO_HINT = 0;

    private final Assembler code;
    private final int start;
    private int exit = -1;

    private Loop(Assembler code) {
        this.code = code;
        this.start = code.offset();
    }

    static Loop begin(Assembler code) {
        return new Loop(code);
    }

    /** Leaves the loop if the last test found zero. */
    void leaveIfZero() {
        assert exit < 0 : "exit=" + exit;
        code.jz(new Label(), NO_HINT);
        exit = code.offset();
    }

    /** Jumps back to the start; the exit jumps to the next instruction. */
    void end() {
        assert exit >= 0 : "a loop without an exit";
        code.jmp(new Label());
        setDistance(code.offset(), start);
        setDistance(exit, code.offset());
    }

    /** A distance counts from the end of the jump, whose last four bytes it is. */
    private void setDistance(int jumpEnd, int target) {
        code.setDWordAt(jumpEnd - Integer.BYTES, target - jumpEnd);
    }
}
