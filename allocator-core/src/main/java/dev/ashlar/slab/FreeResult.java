package dev.ashlar.slab;

/** What became of a request to free or shrink the block at an address. */
public enum FreeResult {
    /** Done. */
    DONE,
    /** No block starts here and none covers the address: never allocated, or freed before. */
    NOT_LIVE,
    /** The address lies inside a live block, not at its start. */
    INTERIOR,
    /** A live block starts here, but it is held the other way ({@link Holder}). */
    HELD_OTHERWISE
}
