package dev.ashlar.bench.suite;

/** How much is measured. */
enum Extent {
    /** At least one experiment for each target. */
    QUICK,
    /** All sizes, live counts and rivals. */
    FULL
}
