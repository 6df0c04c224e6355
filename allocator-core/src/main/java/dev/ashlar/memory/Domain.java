package dev.ashlar.memory;

/**
 * What memory is for, and so what its pages allow when it is in use. The domain is part of every request: memory of one
 * domain lies in regions of its own, so that permissions belong to regions and not to blocks.
 */
public enum Domain {
    /** Machine code: read+execute. */
    CODE("code", Access.EXECUTE),
    /** Constants and tables that code reads: read-only after they are published. */
    RODATA("rodata", Access.READ),
    /** Variables: read+write. */
    DATA("data", Access.WRITE),
    /** Read+write, and off the kernel's own map of memory (memfd_secret(2)). */
    SECRET("secret", Access.WRITE);

    private final String label;
    private final Access access;

    Domain(String label, Access access) {
        this.label = label;
        this.access = access;
    }

    /** {@return the name in reports, errors and JSON, such as {@code rodata}} */
    public String label() {
        return label;
    }

    /** {@return what its pages allow, after it is published, at the addresses that callers know} */
    public Access access() {
        return access;
    }

    /** {@return whether it is written first and then published, and cannot be written there after that} */
    public boolean isPublished() {
        return access != Access.WRITE;
    }

    @Override
    public String toString() {
        return label;
    }
}
