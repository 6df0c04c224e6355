package dev.ashlar.symbols;

import dev.ashlar.memory.Frame;
import java.lang.foreign.MemorySegment;

/** Learns what code of a heap is published. Thread-safe. It may throw; the caller catches that. */
@FunctionalInterface
interface CodeListener {
    /**
     * Called after code was published, before its publisher can free it.
     *
     * @param name its name, or that of its heap
     * @param code the code where it runs, to read
     * @param frame its frame
     */
    void published(String name, MemorySegment code, Frame frame);
}
