package dev.ashlar.examples.filter;

/** How good the current version of a filter is. */
public enum Tier {
    /** The interpreter, called back from machine code. */
    INTERPRETED,
    /** A loop over single rows. */
    SCALAR,
    /** A loop over eight rows at a time. */
    VECTOR
}
