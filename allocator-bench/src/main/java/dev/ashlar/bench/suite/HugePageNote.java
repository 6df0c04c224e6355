package dev.ashlar.bench.suite;

import dev.ashlar.stubs.HugePageSettings;

/** Describes the transparent huge pages of this host, for memory that requests them and for memory that does not. */
final class HugePageNote {

    private static final String ENABLED = HugePageSettings.read().thpEnabled().orElse("never");

    private HugePageNote() {}

    static String requested() {
        return requested(ENABLED);
    }

    static String notRequested() {
        return notRequested(ENABLED);
    }

    static String requested(String enabled) {
        return enabled.equals("never") ? "THP off on this host" : "THP on";
    }

    static String notRequested(String enabled) {
        return enabled.equals("always") ? "THP on for all on this host" : "THP off";
    }
}
