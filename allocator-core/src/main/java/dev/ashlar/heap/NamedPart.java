package dev.ashlar.heap;

import dev.ashlar.memory.Frame;
import java.util.stream.Stream;

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

    /** {@return the parts that are not empty places} */
    static Stream<NamedPart> taken(NamedPart[] parts) {
        return Stream.of(parts).filter(part -> part.byteSize() > 0);
    }

    boolean contains(long at) {
        return at - address >= 0 && at - address < byteSize;
    }
}
