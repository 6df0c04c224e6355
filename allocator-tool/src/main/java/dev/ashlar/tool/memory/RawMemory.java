package dev.ashlar.tool.memory;

import java.lang.foreign.MemorySegment;

/** The whole address space of the process as one segment: loads and stores at raw addresses, without a Java object. */
public final class RawMemory {

    /** The segment; an offset in it is an address. A wrong address kills the JVM. */
    @SuppressWarnings("restricted")
    public static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private RawMemory() {}
}
