package dev.ashlar;

import java.lang.foreign.MemorySegment;

/** Memory by its address. */
@SuppressWarnings("restricted")
final class Memory {
    private Memory() {}

    static MemorySegment at(long address, long byteSize) {
        return MemorySegment.ofAddress(address).reinterpret(byteSize);
    }
}
