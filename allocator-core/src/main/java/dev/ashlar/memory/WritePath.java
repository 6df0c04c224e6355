package dev.ashlar.memory;

/** How code gets into executable memory without any page being writable and executable at once. */
public enum WritePath {
    /** The memory is mapped twice, read+execute and read+write at unrelated addresses; no permission ever changes. */
    ALIAS("alias");

    private final String label;

    WritePath(String label) {
        this.label = label;
    }

    /** {@return the name in reports, errors and JSON, such as {@code alias}} */
    public String label() {
        return label;
    }

    @Override
    public String toString() {
        return label;
    }
}
