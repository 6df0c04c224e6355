package dev.ashlar.bench.suite;

/** How much is measured. */
enum Extent {
    /** The least that tells of every target. */
    QUICK,
    /** All sizes, live counts and rivals. */
    FULL
}
