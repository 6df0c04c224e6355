package dev.ashlar.heap;

import dev.ashlar.memory.WritePath;
import dev.ashlar.report.WritePathException;
import java.lang.foreign.MemorySegment;

/** Memory that is written through {@code /proc/self/mem} (write path POKE). No permission ever changes. */
final class Poked extends Publishing {

    Poked(OpenZone open) {
        super(open);
    }

    @Override
    boolean isStaged() {
        return true;
    }

    @Override
    void write(String action, long offset, MemorySegment source, long sourceOffset, long byteSize) {
        int result = open.zone.write(offset, source, sourceOffset, byteSize);
        if (result < 0) {
            throw WritePathException.pokeFailed(action, result, open.zone.refusedPaths());
        }
    }

    @Override
    void requireAddressToWrite(String action, long offset) {
        throw WritePathException.notServed(
                action, WritePath.POKE, open.zone.refusedPaths(), WritePath.ALIAS, WritePath.IN_PLACE);
    }
}
