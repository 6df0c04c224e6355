package dev.ashlar.heap;

import dev.ashlar.memory.Frame;

/**
 * A named part of a block: a function in a section of a batch, or a trampoline of a chunk.
 *
 * @param address its first address
 * @param byteSize its bytes
 * @param name its name
 * @param frame its frame
 */
public record NamedPart(long address, long byteSize, String name, Frame frame) {
    /** An empty place. */
    static final NamedPart NONE = new NamedPart(0, 0, "", Frame.STANDARD);

    boolean contains(long at) {
        return at - address >= 0 && at - address < byteSize;
    }
}
