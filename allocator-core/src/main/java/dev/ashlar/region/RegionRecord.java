package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import java.util.BitSet;

/**
 * The ledger's record of one committed region: which of its pages are published, and whether one huge entry maps it.
 */
final class RegionRecord {
    /** Of the record and its set of pages. */
    static final int METADATA_BYTE_SIZE = 64 + 24 + 16 + Pages.PER_REGION / Byte.SIZE;

    final Backing backing;
    /** Regions with the same number can lie in one VMA: they share a file, or the kernel's anon_vma. */
    final int vmaGroup;
    /** A set bit is a published page. Always empty unless the zone publishes in place. */
    private final BitSet published = new BitSet(Pages.PER_REGION);
    private boolean stale;
    private boolean split;
    /** Whether pages of a huge region have no memory. Then its advice to the kernel, too, differs from neighbours'. */
    private boolean thin;
    private long splitSinceNanos;
    private long publishedNanos;
    /** How often the region was split since it was last empty. */
    private int splitCount;
    /** The number of the last change here, among all changes of the zone. */
    private long lastChange;

    RegionRecord(Backing backing, int vmaGroup) {
        this.backing = backing;
        this.vmaGroup = vmaGroup;
    }

    /** {@return whether no page of a range is published} */
    boolean isOpen(int firstPage, int pageCount) {
        int next = published.nextSetBit(firstPage);
        return next < 0 || next >= firstPage + pageCount;
    }

    /** {@return whether a page is published} */
    boolean isPublished(int page) {
        return published.get(page);
    }

    int publishedPageCount() {
        return published.cardinality();
    }

    /** {@return whether all its pages have the same permissions} */
    private boolean isUniform() {
        int count = published.cardinality();
        return count == 0 || count == Pages.PER_REGION;
    }

    /** {@return the end of the pages from {@code page} on that have the same permissions} */
    int endOfRange(int page) {
        int end = published.get(page) ? published.nextClearBit(page) : published.nextSetBit(page);
        return end < 0 ? Pages.PER_REGION : Math.min(end, Pages.PER_REGION);
    }

    Access accessOf(int page, View view) {
        return view.isPublishedInPlace() && !published.get(page) ? view.initial() : view.access();
    }

    /**
     * Marks a range published.
     *
     * @return whether that split a huge mapping
     */
    boolean publish(int firstPage, int pageCount, long nowNanos) {
        published.set(firstPage, firstPage + pageCount);
        publishedNanos = nowNanos;
        // A permission boundary inside the region destroys the huge entry; removing the boundary does not restore it.
        return !isUniform() && split(nowNanos);
    }

    /**
     * Marks pages without memory.
     *
     * @return whether that split a huge mapping
     */
    boolean thin(long nowNanos) {
        thin = backing.isHuge();
        return split(nowNanos);
    }

    /** Marks all pages with memory. */
    void fill() {
        thin = false;
    }

    boolean isThin() {
        return thin;
    }

    private boolean split(long nowNanos) {
        if (split || !backing.isHuge()) {
            return false;
        }
        split = true;
        splitSinceNanos = nowNanos;
        splitCount++;
        return true;
    }

    /** Records that all contents are gone. */
    void emptied() {
        stale = !published.isEmpty();
    }

    long lastChange() {
        return lastChange;
    }

    void noteChange(long change) {
        lastChange = change;
    }

    boolean isStale() {
        return stale;
    }

    /** Marks all pages as not published: new contents. */
    void reopen() {
        published.clear();
        stale = false;
        splitCount = 0;
    }

    /**
     * Marks it huge again.
     *
     * @return nanoseconds that it was split
     */
    long heal(long nowNanos) {
        split = false;
        return nowNanos - splitSinceNanos;
    }

    long publishedNanos() {
        return publishedNanos;
    }

    boolean isSplit() {
        return split;
    }

    boolean canHeal() {
        return split && !thin && isUniform();
    }

    int splitCount() {
        return splitCount;
    }

    long splitNanos(long nowNanos) {
        return split ? nowNanos - splitSinceNanos : 0;
    }
}
