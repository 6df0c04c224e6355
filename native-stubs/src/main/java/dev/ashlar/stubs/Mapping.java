package dev.ashlar.stubs;

/**
 * One virtual memory area (VMA) of this process: a line of {@code /proc/self/maps}.
 *
 * @param start first address
 * @param end first address after the mapping
 * @param shared whether writes reach the file (MAP_SHARED) and not a private copy
 * @param offset offset in the file, in bytes
 * @param inode of the file, 0 for anonymous memory
 * @param path of the file, or a name in brackets that the kernel gives, or empty
 */
public record Mapping(long start, long end, boolean readable, boolean writable, boolean executable, boolean shared,
        long offset, long inode, String path) {

    public long byteSize() {
        return end - start;
    }

    public AddressRange range() {
        return new AddressRange(start, end);
    }

    /** {@return the permissions as maps files spell them, for example "r-xs"} */
    public String permissions() {
        return (readable ? "r" : "-") + (writable ? "w" : "-") + (executable ? "x" : "-") + (shared ? "s" : "p");
    }

    @Override
    public String toString() {
        return Long.toHexString(start) + "-" + Long.toHexString(end) + " " + permissions() + " "
                + Long.toHexString(offset) + " " + path;
    }
}
