/**
 * Page runs inside regions. {@link dev.ashlar.buddy.Buddy} is one region's buddy bitmaps;
 * {@link dev.ashlar.buddy.RunAllocator} packs runs over the regions of a span and asks for regions and gives them back.
 *
 * <p><b>Words.</b> Pages are counted through the whole span: page {@code p} lies in region {@code p / 512}. A run is
 * {@code pageCount} consecutive pages. A request is served by a block of a power of two of pages and trimmed at once
 * to the pages asked for, so that rounding never outlives the call. Runs longer than a region take whole contiguous
 * regions and share the last one.
 *
 * <p><b>Invariants</b> (see {@code checkInvariants} of both classes): a free block never lies inside another free one;
 * two free buddies never stand side by side unmerged; the free pages counted are the free pages marked; a region that
 * is not committed has no buddy, a committed one is in exactly the bin of its largest free order.
 *
 * <p><b>Packing order.</b> A run goes to the region whose largest free order is the smallest that suffices, and among
 * those to the fullest (Temeraire, Hunter et al., OSDI 2021): full regions fill up, empty ones stay empty and can be
 * given back. The choice stands alone in {@code RegionBins}.
 *
 * <p><b>Locking.</b> None: the owner of a {@code RunAllocator} serialises all calls. Freeing allocates nothing.
 */
@NullMarked
package dev.ashlar.buddy;

import org.jspecify.annotations.NullMarked;
