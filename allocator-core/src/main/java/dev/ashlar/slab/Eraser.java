package dev.ashlar.slab;

/**
 * What happens to the contents of memory before anything else can be placed there: code is overwritten with trapping
 * instructions, data is left alone.
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
