package dev.ashlar.memory;

/** What a view of committed memory allows. No address is ever writable and executable at once. */
public enum Access {
    /** Code runs there. */
    EXECUTE("read+execute", "r-x"),
    /** It can only be read there. */
    READ("read", "r--"),
    /** It can be written there. */
    WRITE("read+write", "rw-");

    private final String label;
    private final String permissions;

    Access(String label, String permissions) {
        this.label = label;
        this.permissions = permissions;
    }

    /** {@return the name in reports and errors, such as {@code read+write}} */
    public String label() {
        return label;
    }

    /** {@return the permissions as in {@code /proc/PID/maps}, without the letter for sharing} */
    public String permissions() {
        return permissions;
    }

    @Override
    public String toString() {
        return label;
    }
}
