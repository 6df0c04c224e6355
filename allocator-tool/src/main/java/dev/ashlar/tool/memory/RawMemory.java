package dev.ashlar.tool.memory;

import java.lang.foreign.MemorySegment;

/**
 * The process's whole address space as one segment: plain loads and stores at raw addresses, without an object each.
 */
public final class RawMemory {

    /** Offset = address. What lies there is the caller's promise: a wrong address kills the JVM. */
    @SuppressWarnings("restricted")
    public static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private RawMemory() {}
}
