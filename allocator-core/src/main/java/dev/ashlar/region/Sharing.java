package dev.ashlar.region;

/** How memory is shared between the views of a zone, if a rung has a choice. */
public enum Sharing {
    /** By a memory file; without one if the host refuses that. */
    BY_FILE,
    /** Without a file: perf uses its map for anonymous memory only. */
    WITHOUT_FILE
}
