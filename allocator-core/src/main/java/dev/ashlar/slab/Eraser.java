package dev.ashlar.slab;

/**
 * Erases the contents of memory before it is used again: code is overwritten with trapping instructions, data is left
 * as it is.
 */
@FunctionalInterface
public interface Eraser {
    /** Leaves contents as they are. */
    Eraser NONE = (offset, byteSize) -> {};

    /**
     * Overwrites {@code byteSize} bytes from {@code offset} of the span. Both are multiples of 4 bytes, except that a
     * shrunk block's remainder may start anywhere.
     */
    void erase(long offset, long byteSize);
}
