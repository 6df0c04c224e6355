package dev.ashlar.memory;

/**
 * Protects published code from other code of the same process. Each level includes the one before it; docs/hardening.md
 * lists what each level forbids and costs.
 */
public enum Hardening {
    /** The heap itself never makes a page writable and executable. Changes by other code show in the audit. */
    NONE("none"),
    /**
     * Each region has a memory file of its own, which is sealed against later writers and closed at once. No later call
     * can make the executable view writable, and no code can map the memory writable again, truncate it or punch holes
     * in it. Costs a VMA for each region and view.
     */
    SEALED("sealed"),
    /**
     * As SEALED, and mseal(2) (Linux 6.10) tells the kernel that no view of a region may change: neither its
     * permissions nor its contents nor its address. A committed region is never released. Closing the heap gives the
     * memory back; the addresses stay taken until the process ends.
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
