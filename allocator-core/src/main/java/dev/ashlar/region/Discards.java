package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Pages of committed regions of data whose memory was given back while other pages of their region are in use.
 *
 * <p>A page may be marked although it has memory, because an Error came in between; it never lacks memory unmarked.
 * Relies on MADV_POPULATE_WRITE (Linux 5.14), which brings a page back or reports why not, where a touch would end the
 * JVM.
 *
 * <p>Not thread-safe: callers hold the heap's lock.
 */
final class Discards {
    private final View view;
    private final Ledger ledger;
    private final MemoryRoom room = new MemoryRoom();
    private final Remedy remedy;
    /** The marked pages, by index from the start of the zone. */
    private final BitSet pages = new BitSet();

    Discards(Zone zone, Ledger ledger, SystemCalls calls) {
        this.view = zone.front();
        this.ledger = ledger;
        this.remedy = new Remedy(calls);
    }

    /**
     * Gives the memory of free pages of one region back.
     *
     * @return how many pages lost their memory; 0 if the rung or the kernel cannot take them
     */
    int discard(Rung rung, int firstPage, int pageCount) {
        int advice = rung.discardAdvice();
        long offset = Pages.offsetOf(firstPage);
        long byteSize = Pages.offsetOf(pageCount);
        int marked = pages.get(firstPage, firstPage + pageCount).cardinality();
        if (advice == Linux.MADV_NORMAL || marked == pageCount
                || view.advise(offset, Pages.BYTE_SIZE, Linux.MADV_POPULATE_WRITE) < 0) {
            return 0;
        }
        int region = Pages.regionOf(firstPage);
        pages.set(firstPage, firstPage + pageCount);
        ledger.thinned(region, System.nanoTime());
        if (rung.backing().isHuge()) {
            // Otherwise khugepaged would soon bring all pages back.
            view.advise(region, Linux.MADV_NOHUGEPAGE);
            // This advice for a part of a huge page splits it. Without that, the pages of private memory leave the
            // mapping, but the system gets them only when it is short of memory (mm/huge_memory.c, deferred split).
            view.advise(offset, byteSize, Linux.MADV_COLD);
        }
        // EINVAL: the process has locked a part. The kernel has taken what lies before it, so all marks stay. A page
        // that is marked and still there costs a call when it is used again.
        return view.advise(offset, byteSize, advice) < 0 ? 0 : pageCount - marked;
    }

    /**
     * Brings back what is missing in a range of one committed region.
     *
     * @return null if all pages are there now, otherwise why not
     */
    @Nullable Refusal restore(Backing backing, int firstPage, int end) {
        int page = pages.nextSetBit(firstPage);
        while (page >= 0 && page < end) {
            int after = Math.min(pages.nextClearBit(page), end);
            long byteSize = Pages.offsetOf(after - page);
            Refusal refusal = room.refusal(backing, byteSize);
            if (refusal != null) {
                return refusal;
            }
            int result = view.advise(Pages.offsetOf(page), byteSize, Linux.MADV_POPULATE_WRITE);
            if (result < 0) {
                return new Refusal(backing.label(), "madvise(" + byteSize + " bytes, MADV_POPULATE_WRITE)",
                        Errno.describe(result), remedy.ofPopulating(result));
            }
            unmark(backing, page, after);
            page = pages.nextSetBit(after);
        }
        return null;
    }

    private void unmark(Backing backing, int page, int end) {
        int region = Pages.regionOf(page);
        pages.clear(page, end);
        int next = pages.nextSetBit(Pages.firstOf(region));
        if (next >= 0 && next < Pages.firstOf(region + 1)) {
            return;
        }
        if (backing.isHuge()) {
            view.advise(region, Linux.MADV_HUGEPAGE);
        }
        ledger.filled(region);
    }

    /** Forgets the marks of a region that is a hole now. */
    void forget(int region) {
        pages.clear(Pages.firstOf(region), Pages.firstOf(region + 1));
    }

    /** {@return whether no page is marked} */
    boolean isEmpty() {
        return pages.isEmpty();
    }

    /** {@return bytes of marked pages of a region} */
    long byteSize(int region) {
        return Pages.offsetOf(pages.get(Pages.firstOf(region), Pages.firstOf(region + 1)).cardinality());
    }

    /** {@return bytes of marked pages} */
    long byteSize() {
        return Pages.offsetOf(pages.cardinality());
    }
}
