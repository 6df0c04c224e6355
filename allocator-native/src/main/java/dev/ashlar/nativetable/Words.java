package dev.ashlar.nativetable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Structs of native code, as 64-bit words at raw addresses. A wrong address ends the process, as it does in C. */
final class Words {
    private static final MemorySegment EVERYTHING = everything();

    private Words() {}

    @SuppressWarnings("restricted")
    private static MemorySegment everything() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    static long get(long address, long index) {
        return EVERYTHING.get(ValueLayout.JAVA_LONG_UNALIGNED, address + index * Long.BYTES);
    }

    static void set(long address, long index, long value) {
        EVERYTHING.set(ValueLayout.JAVA_LONG_UNALIGNED, address + index * Long.BYTES, value);
    }

    /** Copies bytes to an address. */
    static void put(long address, byte[] bytes, int count) {
        MemorySegment.copy(bytes, 0, EVERYTHING, ValueLayout.JAVA_BYTE, address, count);
    }

    /** {@return the text at an address, which ends at a NUL} */
    static String text(long address) {
        return EVERYTHING.getString(address);
    }

    static void putZero(long address) {
        EVERYTHING.set(ValueLayout.JAVA_BYTE, address, (byte) 0);
    }
}
