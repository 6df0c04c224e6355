package dev.ashlar.bench.suite;

import dev.ashlar.stubs.HugePageSettings;

/** What transparent huge pages mean on this host, for memory that asks for them and for memory that does not. */
final class HugePageWords {

    private static final String ENABLED = HugePageSettings.read().thpEnabled().orElse("never");

    private HugePageWords() {}

    static String asked() {
        return asked(ENABLED);
    }

    static String notAsked() {
        return notAsked(ENABLED);
    }

    static String asked(String enabled) {
        return enabled.equals("never") ? "THP off on this host" : "THP on";
    }

    static String notAsked(String enabled) {
        return enabled.equals("always") ? "THP on for all on this host" : "THP off";
    }
}
