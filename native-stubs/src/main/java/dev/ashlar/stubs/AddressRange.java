package dev.ashlar.stubs;

/**
 * A half-open range of addresses. Addresses compare as unsigned numbers, because maps files list {@code [vsyscall]} at
 * the top of the address space.
 *
 * @param start first address
 * @param end first address after the range
 */
public record AddressRange(long start, long end) implements Comparable<AddressRange> {

    /**
     * Checks that the range does not end before it starts.
     *
     * @throws IllegalArgumentException if {@code end} is below {@code start}
     */
    public AddressRange {
        if (Long.compareUnsigned(end, start) < 0) {
            throw new IllegalArgumentException(
                    "range ends before it starts: start=0x" + Long.toHexString(start) + ", end=0x"
                            + Long.toHexString(end));
        }
    }

    /** {@return the range of {@code byteSize} bytes from {@code start}} */
    public static AddressRange ofSize(long start, long byteSize) {
        return new AddressRange(start, start + byteSize);
    }

    public long byteSize() {
        return end - start;
    }

    public boolean isEmpty() {
        return start == end;
    }

    public boolean contains(long address) {
        return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }

    public boolean contains(AddressRange other) {
        return Long.compareUnsigned(other.start, start) >= 0 && Long.compareUnsigned(other.end, end) <= 0;
    }

    /** {@return whether the two have an address in common; an empty range has none} */
    public boolean overlaps(AddressRange other) {
        return overlaps(other.start, other.end);
    }

    boolean overlaps(long otherStart, long otherEnd) {
        return Long.compareUnsigned(start, otherEnd) < 0 && Long.compareUnsigned(otherStart, end) < 0
                && start != end && otherStart != otherEnd;
    }

    @Override
    public int compareTo(AddressRange other) {
        int byStart = Long.compareUnsigned(start, other.start);
        return byStart != 0 ? byStart : Long.compareUnsigned(end, other.end);
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(start) + "-0x" + Long.toHexString(end);
    }
}
