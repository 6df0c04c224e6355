package dev.ashlar.heap;

/**
 * A named part of a block: a function in a section of a batch, or a trampoline of a chunk.
 *
 * @param address its first address
 * @param byteSize its bytes
 * @param name its name
 */
public record NamedPart(long address, long byteSize, String name) {
    /** An empty place. */
    static final NamedPart NONE = new NamedPart(0, 0, "");

    boolean contains(long at) {
        return at - address >= 0 && at - address < byteSize;
    }
}
