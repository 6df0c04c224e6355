/**
 * Page runs inside regions. {@link dev.ashlar.buddy.Buddy} is one region's buddy blocks and free pages;
 * {@link dev.ashlar.buddy.RunAllocator} packs runs over the regions of a zone, asks for regions and gives them back.
 *
 * <p><b>Words.</b> Pages are counted through the whole zone: page {@code p} lies in region {@code p / 512}. A run is
 * {@code pageCount} consecutive pages. A stretch is a row of free pages that cannot be made longer. A region is in use
 * (some page of a run), empty (committed, no run), or a hole (no memory). A boundary lies between two regions.
 *
 * <p><b>Invariants</b> (see the {@code checkInvariants} methods): a free block never lies inside another free one; two
 * free buddies never stand side by side unmerged; a page is free in the bitmap just where a free block covers it; what
 * is counted and measured is what is marked; a hole has no buddy; a region in use that is not full is in exactly the
 * bin of its longest stretch, an empty one among the empty, a hole among the holes.
 *
 * <p><b>Packing order.</b> A run goes to the region whose longest stretch is the shortest that suffices, and among
 * those to the fullest (Temeraire, Hunter et al., OSDI 2021): full regions fill up, empty ones stay empty and can be
 * given back. The choice stands alone in {@code RegionBins}, that of runs over a boundary in {@code Boundaries}.
 *
 * <p><b>Published in place.</b> Where pages are published by a change of their permission, runs go to the lowest pages
 * of a stretch, and freed pages that were published are kept back ({@code Withheld}) until their whole region is free.
 *
 * <p><b>Locking.</b> None: the owner of a {@code RunAllocator} serialises all calls. Freeing allocates nothing: what
 * grows with the regions grows when one is committed.
 */
@NullMarked
package dev.ashlar.buddy;

import org.jspecify.annotations.NullMarked;
