package dev.ashlar.tool.workload;

import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What is written into blocks: a function that returns {@link #ANSWER}, filled up with trapping instructions. */
public final class Payload {

    public static final int ANSWER = 42;

    private static final long BYTE_SIZE = 1 << 16;

    /** Any start of it is a whole function. */
    public static final MemorySegment CODE = code();

    private Payload() {}

    private static MemorySegment code() {
        MemorySegment code = Arena.global().allocate(BYTE_SIZE, 64);
        code.fill((byte) 0xcc);
        ConstantFunction.write(code, ANSWER);
        return code.asReadOnly();
    }
}
