package dev.ashlar.memory;

import java.util.List;

/** How code gets into executable memory without any page being writable and executable at once; best first. */
public enum WritePath {
    /** The memory is mapped twice, read+execute and read+write at unrelated addresses; no permission ever changes. */
    ALIAS("alias"),
    /**
     * The memory is mapped once, read+execute, and written through {@code /proc/self/mem}; no permission ever changes.
     * For hosts that allow no executable memory that is mapped twice. A process that can write that file can write
     * code, and so can a forked child until it executes another program. One thread at a time writes or frees code.
     */
    POKE("poke"),
    /**
     * The memory is mapped once, read+write, and made read+execute when it is published, page by page upwards and never
     * back while anything in its region is live. For generators that must write where the code will run. Code that was
     * freed can be run until its whole region is free and used again: only then is it overwritten.
     */
    IN_PLACE("in-place");

    private final String label;

    WritePath(String label) {
        this.label = label;
    }

    /** {@return the name in reports, errors and JSON, such as {@code in-place}} */
    public String label() {
        return label;
    }

    /** {@return the backings that can serve it, best first} */
    public List<Backing> backings() {
        return switch (this) {
            case ALIAS -> List.of(Backing.HUGETLB, Backing.SHMEM_THP, Backing.SMALL);
            case POKE -> List.of(Backing.ANON_THP, Backing.SMALL);
            case IN_PLACE -> List.of(Backing.HUGETLB, Backing.ANON_THP, Backing.SMALL);
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
