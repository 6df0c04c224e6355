package dev.ashlar.slab;

/** How the caller holds a block, fixed when it is allocated: the two must not be mixed when it is freed. */
public enum Holder {
    /** By its raw address. */
    ADDRESS,
    /** By an object that knows whether it was freed, so that a second free is found even after reuse. */
    OBJECT
}
