package dev.ashlar.tool.code;

import jnr.x86asm.Assembler;
import jnr.x86asm.Label;
import jnr.x86asm.Register;

/**
 * A loop that runs while a register is not zero: {@code whileNotZero, ..., end}.
 *
 * <p>The assembler can jump to a label but has no public way to say where the label is (its {@code bind} was never
 * opened). So a jump is emitted to a label that stays unbound, which leaves 32 bits for the distance, and the distance
 * is set here.
 */
final class Loop {

    private static final int NO_HINT = 0;

    private final Assembler code;
    private final int start;
    private final int exit;

    private Loop(Assembler code, Register condition) {
        this.code = code;
        this.start = code.offset();
        code.test(condition, condition);
        code.jz(new Label(), NO_HINT);
        this.exit = code.offset();
    }

    static Loop whileNotZero(Assembler code, Register condition) {
        return new Loop(code, condition);
    }

    /** Jumps back to the start; the exit jumps to the next instruction. */
    void end() {
        code.jmp(new Label());
        setDistance(code.offset(), start);
        setDistance(exit, code.offset());
    }

    /** A distance counts from the end of the jump, whose last four bytes it is. */
    private void setDistance(int jumpEnd, int target) {
        code.setDWordAt(jumpEnd - Integer.BYTES, target - jumpEnd);
    }
}
