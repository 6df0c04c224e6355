package dev.ashlar.slab;

/** How the caller holds a block. Fixed at its allocation; its free must name the same. */
public enum Holder {
    /** By its raw address. */
    ADDRESS,
    /** By an object that records whether it was freed, so that a second free is found even after reuse. */
    OBJECT
}
