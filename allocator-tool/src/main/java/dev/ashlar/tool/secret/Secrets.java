package dev.ashlar.tool.secret;

import java.lang.foreign.MemorySegment;

/** Something that hands out secret memory. Not thread-safe. */
interface Secrets extends AutoCloseable {

    /** {@return memory off the kernel's map, all zero} */
    MemorySegment allocate(int byteSize);

    /** Frees what was allocated; it is zero afterwards. */
    void free(MemorySegment secret);

    /** Gives everything back. */
    @Override
    void close();
}
