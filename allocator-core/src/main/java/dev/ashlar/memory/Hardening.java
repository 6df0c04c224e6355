package dev.ashlar.memory;

/**
 * What stands between code that has been published and other code of the same process that would change it. Each level
 * does what the one before it does; what each forbids and costs is in docs/hardening.md.
 */
public enum Hardening {
    /** Nothing is writable and executable at once as far as the heap acts; what others do shows in the audit. */
    NONE("none"),
    /**
     * A memory file for each region, sealed against writers to come and closed at once: no later call can make what
     * runs writable, and nobody can map the memory writable anew, truncate it or punch holes in it. Costs a VMA for
     * each region and view.
     */
    SEALED("sealed"),
    /**
     * As SEALED, and the kernel is told that no view of a region may ever be changed (mseal(2), Linux 6.10): not what
     * it allows, not what is mapped there, not where it lies. A committed region is never released; closing the heap
     * gives the memory back, the addresses stay taken until the process ends.
     */
    PINNED("pinned");

    private final String label;

    Hardening(String label) {
        this.label = label;
    }

    /** {@return the name in reports, errors and JSON, such as {@code sealed}} */
    public String label() {
        return label;
    }

    @Override
    public String toString() {
        return label;
    }
}
