package dev.ashlar.examples.filter;

/** What a column holds, and what a value is. */
public enum ColumnType {
    /** Integers of 32 bits; arithmetic wraps around, as in Java. */
    INT(Integer.BYTES),
    /** Integers of 64 bits; arithmetic wraps around, as in Java. */
    LONG(Long.BYTES),
    /** Floating-point numbers of 64 bits; comparisons with NaN are as in Java. */
    DOUBLE(Double.BYTES);

    private final int byteSize;

    ColumnType(int byteSize) {
        this.byteSize = byteSize;
    }

    /** {@return bytes of a number} */
    int byteSize() {
        return byteSize;
    }
}
