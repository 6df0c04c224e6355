package dev.ashlar.memory;

/**
 * What a piece of memory is for, and so what its pages allow once it is in use. Part of every request: memory of one
 * domain lies in regions of its own, so that a permission belongs to a region and not to a block.
 */
public enum Domain {
    /** Machine code: read+execute. */
    CODE("code", Access.EXECUTE),
    /** Constants and tables that code reads: read, once they are published. */
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

    /** {@return what its pages allow at the addresses by which it is known, once published} */
    public Access access() {
        return access;
    }

    /** {@return whether it is written first and then published, never to be written there again} */
    public boolean isPublished() {
        return access != Access.WRITE;
    }

    @Override
    public String toString() {
        return label;
    }
}
