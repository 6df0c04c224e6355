package dev.ashlar.tool.permissions;

import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where one thread makes functions, one after the other, to be copied to where they will run. */
final class Staging {

    /** The largest function of the load. */
    private static final int BYTE_SIZE_MAX = 4096;

    private final MemorySegment room = Arena.ofAuto().allocate(BYTE_SIZE_MAX, 64);

    Staging() {
        // What traps if it is ever reached: int3 on x86-64, an undefined instruction on AArch64.
        room.fill((byte) 0xcc);
    }

    /** {@return a function of a size that returns a number; good until the next is made} */
    MemorySegment function(int number, int byteSize) {
        ConstantFunction.write(room, number);
        return room.asSlice(0, byteSize);
    }
}
