package dev.ashlar.memory;

/** How much work a trim does to give memory back, and what it gives up for it. */
public enum TrimEffort {
    /** Gives back regions in which no block lives. All other regions stay huge. */
    EMPTY_REGIONS,
    /**
     * Gives back free pages as well, in regions in which blocks live. Each such region loses its huge mapping. Its
     * pages come back when blocks are placed there again; when all are back, the region is made huge again.
     */
    FREE_PAGES
}
