package dev.ashlar.region;

/**
 * What the buddy layer needs of the region layer: memory by regions of 2 MiB, named by their index in the zone.
 *
 * <p>Not thread-safe: the heap serialises calls.
 */
public interface RegionSource {

    /** {@return how many regions the zone has, committed or not} */
    int regionCount();

    /**
     * Puts memory behind a region that has none.
     *
     * @return whether the region is now committed; where not, nothing has changed and the source has kept the reasons
     */
    boolean commit(int region);

    /**
     * Gives the memory of a committed region back; afterwards a touch of it faults.
     *
     * @return whether the region is now released; where not, it is still committed and usable
     */
    boolean release(int region);

    /** {@return whether regions are given back at all; where not, {@link #release} is not called} */
    default boolean releases() {
        return true;
    }

    /**
     * {@return whether pages are published in place, and so must be handed out upwards from the start of a region and
     * not again before all of it is free}
     */
    default boolean publishesInPlace() {
        return false;
    }

    /** {@return whether nothing was published in these pages of one region, so that they can be handed out at once} */
    default boolean isOpen(int firstPage, int pageCount) {
        return true;
    }

    /** Takes note that all pages of a committed region are free. */
    default void emptied(int region) {
        // Nothing depends on it where permissions never change.
    }
}
