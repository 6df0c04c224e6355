package dev.ashlar.tool.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The whole address space of the process as one segment: loads and stores at raw addresses, without a Java object. */
public final class RawMemory {

    /** The segment; an offset in it is an address. A wrong address kills the JVM. */
    @SuppressWarnings("restricted")
    public static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private RawMemory() {}

    /**
     * Writes memory and gives it back to the kernel. In a virtual machine, the first use of memory costs the host's
     * time; later uses do not.
     */
    public static void useAndRelease(long byteSize) {
        try (Arena arena = Arena.ofConfined()) {
            arena.allocate(byteSize).fill((byte) 1);
        }
    }
}
