package dev.ashlar.region;

/**
 * Memory in regions of 2 MiB, named by their index in the zone: what the buddy layer needs from the region layer.
 *
 * <p>Not thread-safe: the heap serialises calls.
 */
public interface RegionSource {

    /** {@return how many regions the zone has, committed or not} */
    int regionCount();

    /**
     * Commits a region: gives it memory.
     *
     * @return whether the region is committed now; if not, nothing has changed and the source keeps the reasons
     */
    boolean commit(int region);

    /**
     * Releases a committed region: gives its memory back. A later touch faults.
     *
     * @return whether the region is released now; if not, it is still committed and usable
     */
    boolean release(int region);

    /** {@return whether a region is committed} */
    boolean isCommitted(int region);

    /** Called when a zone that grows has no empty region left, so that the next one should be prepared. */
    default void grown() {
        // By default regions are not prepared.
    }

    /**
     * {@return the region that another thread is committing ahead of need, or a negative number} While there is one, no
     * region may be committed or released: call {@link #endPreparing} first.
     */
    default int preparing() {
        return -1;
    }

    /** Lets another thread commit a hole. Pre: no region is being prepared. */
    default void beginPreparing(int region) {
        throw new UnsupportedOperationException("region " + region + " cannot be prepared");
    }

    /**
     * Ends a preparation: waits if the commit has begun, otherwise cancels it.
     *
     * @return whether the region is committed now; if not, it is a hole
     */
    default boolean endPreparing() {
        return false;
    }

    /** Completes or undoes a change of regions that an Error cut short, so that each is committed or a hole. */
    default void recover() {
        // By default a commit and a release cannot be cut short.
    }

    /** {@return whether regions can be released at all; if not, {@link #release} is not called} */
    default boolean releases() {
        return true;
    }

    /**
     * {@return whether pages are published in place. If so, pages are handed out upwards from the start of a region,
     * and again only after all of it is free}
     */
    default boolean publishesInPlace() {
        return false;
    }

    /** {@return whether nothing is published in these pages of one region, so that they can be handed out at once} */
    default boolean isOpen(int firstPage, int pageCount) {
        return true;
    }

    /**
     * Gives the memory of free pages of one region back. The region stays committed, and the pages must be restored
     * before they are handed out.
     *
     * @return how many pages lost their memory; 0 if the source cannot do that
     */
    default int discard(int firstPage, int pageCount) {
        return 0;
    }

    /**
     * Brings discarded pages in a range of committed memory back.
     *
     * @return whether all pages of the range have memory now; if not, the source keeps the reasons
     */
    default boolean restore(int firstPage, int pageCount) {
        return true;
    }

    /** {@return whether pages of a committed region are discarded} */
    default boolean isThin(int region) {
        return false;
    }

    /** Records that all pages of a committed region are free. */
    default void emptied(int region) {
        // By default permissions never change, so nothing depends on it.
    }
}
