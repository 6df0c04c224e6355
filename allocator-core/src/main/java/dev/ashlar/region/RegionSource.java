package dev.ashlar.region;

/**
 * What the buddy layer needs of the region layer: memory by regions of 2 MiB, named by their index in the span.
 *
 * <p>Not thread-safe: the heap serialises calls.
 */
public interface RegionSource {

    /** {@return how many regions the span has, committed or not} */
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
}
