package dev.ashlar.stubs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads single entries of {@code /proc/self/pagemap}, which every process may do on every kernel. */
public final class Pagemap {
    private static final long PAGE_BYTES = 4096;
    private static final long ENTRY_BYTES = 8;

    private Pagemap() {}

    /**
     * {@return whether the page at an address is in memory and mapped; false if the file cannot be read}
     *
     * @param address any address
     */
    public static boolean isPresent(SystemCalls calls, long address) {
        try (Descriptor pagemap = new Descriptor(calls); Arena arena = Arena.ofConfined()) {
            if (pagemap.open("/proc/self/pagemap", Linux.O_RDONLY) < 0) {
                return false;
            }
            MemorySegment entry = arena.allocate(ENTRY_BYTES, ENTRY_BYTES);
            long offset = Long.divideUnsigned(address, PAGE_BYTES) * ENTRY_BYTES;
            // Documentation/admin-guide/mm/pagemap.rst: bit 63 of an entry is "page present".
            return calls.pread(pagemap.number(), entry.address(), ENTRY_BYTES, offset) == ENTRY_BYTES
                    && entry.get(ValueLayout.JAVA_LONG, 0) < 0;
        }
    }
}
