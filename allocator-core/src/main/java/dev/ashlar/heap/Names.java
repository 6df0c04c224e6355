package dev.ashlar.heap;

import dev.ashlar.region.Pages;
import dev.ashlar.region.Region;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.stubs.AddressRange;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The names of live blocks, by their first address: a tree of arrays over the span, which grows where names are. A name
 * is a {@link String} for the whole block, or an array of {@link NamedPart}.
 *
 * <p>The caller owns the block whose name it sets or clears. Thread-safe; only growth takes a lock.
 */
final class Names {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final int GRANULES_PER_PAGE = Pages.BYTE_SIZE / BlockStore.MINIMUM_ALIGNMENT;

    private final long base;
    /** By region, then by page, then by granule. */
    private final @Nullable Object[] regions;

    Names(AddressRange range) {
        base = range.start();
        regions = new Object[Region.countFor(range.byteSize())];
    }

    /** {@return the name of the block that starts at an address, or null if it has none} */
    @Nullable Object at(long address) {
        long offset = address - base;
        Object[] page = pageAt(offset);
        return page == null ? null : ELEMENT.getAcquire(page, granule(offset));
    }

    /** Names a block. */
    void set(long address, Object name) {
        long offset = address - base;
        Object[] page = pageAt(offset);
        ELEMENT.setRelease(page == null ? grow(offset) : page, granule(offset), name);
    }

    /** Forgets the name of a block. Allocates nothing. */
    void clear(long address) {
        long offset = address - base;
        Object[] page = pageAt(offset);
        if (page != null) {
            ELEMENT.setRelease(page, granule(offset), null);
        }
    }

    private Object @Nullable [] pageAt(long offset) {
        Object[] region = (Object[]) ELEMENT.getAcquire(regions, Region.indexOf(offset));
        return region == null ? null : (Object[]) ELEMENT.getAcquire(region, Pages.inRegion(Pages.indexOf(offset)));
    }

    private synchronized Object[] grow(long offset) {
        int index = Region.indexOf(offset);
        Object[] region = (Object[]) regions[index];
        if (region == null) {
            region = new Object[Pages.PER_REGION];
            ELEMENT.setRelease(regions, index, region);
        }
        int pageIndex = Pages.inRegion(Pages.indexOf(offset));
        Object[] page = (Object[]) region[pageIndex];
        if (page == null) {
            page = new Object[GRANULES_PER_PAGE];
            ELEMENT.setRelease(region, pageIndex, page);
        }
        return page;
    }

    private static int granule(long offset) {
        return (int) (offset / BlockStore.MINIMUM_ALIGNMENT) & (GRANULES_PER_PAGE - 1);
    }
}
