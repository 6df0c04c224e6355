package dev.ashlar.memory;

/** What the memory of a region is for. A region holds one domain only, so that no permission changes inside it. */
public enum Domain {
    /** Machine code: readable and executable where it runs, never writable there. */
    CODE
}
