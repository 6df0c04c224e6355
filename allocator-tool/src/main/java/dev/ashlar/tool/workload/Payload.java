package dev.ashlar.tool.workload;

import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The contents of blocks: a function that returns {@link #ANSWER}, followed by trapping instructions. */
public final class Payload {

    /** The result of the function. */
    public static final int ANSWER = 42;

    private static final long BYTE_SIZE = 1 << 16;

    /** The contents; every prefix of at least 16 bytes holds the whole function. */
    public static final MemorySegment CODE = code();

    private Payload() {}

    private static MemorySegment code() {
        MemorySegment code = Arena.global().allocate(BYTE_SIZE, 64);
        code.fill((byte) 0xf4);
        ConstantFunction.write(code, ANSWER);
        return code.asReadOnly();
    }
}
