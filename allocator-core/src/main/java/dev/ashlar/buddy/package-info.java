/**
 * Page runs inside regions. {@link dev.ashlar.buddy.Buddy} holds one region's buddy blocks and free pages; {@link
 * dev.ashlar.buddy.RunAllocator} packs runs into the regions of a zone, commits regions and releases them.
 *
 * <p><b>Words.</b> Pages are counted through the whole zone: page {@code p} lies in region {@code p / 512}. A run is
 * {@code pageCount} consecutive pages. A stretch is a maximal row of free pages. A region is in use (a run holds some
 * of its pages), empty (committed, no run), or a hole (no memory). A boundary lies between two regions.
 *
 * <p><b>Invariants</b> (see the {@code checkInvariants} methods): a free block never lies inside another free one; two
 * free buddies are always merged; a page is free in the bitmap if and only if a free block covers it; counts and
 * lengths agree with the bits; a hole has no buddy; a region in use that is not full is in exactly the bin of its
 * longest stretch, an empty one among the empty regions, a hole among the holes.
 *
 * <p><b>Packing order.</b> A run goes to the region whose longest stretch is the shortest sufficient one, and among
 * those to the fullest (Temeraire, Hunter et al., OSDI 2021): full regions fill up, empty ones stay empty and can be
 * released. {@code RegionBins} makes this choice, {@code Boundaries} that of runs across a boundary.
 *
 * <p><b>Growth.</b> {@link dev.ashlar.buddy.NextRegion} decides when another thread commits the next region, and adds
 * it. Meanwhile it is a hole, and no other region is committed or released.
 *
 * <p><b>Published in place.</b> If a permission change publishes pages, runs go to the lowest pages of a stretch, and
 * freed pages that were published are withheld ({@code Withheld}) until their whole region is free.
 *
 * <p><b>Locking.</b> None: the owner of a {@code RunAllocator} serialises all calls. Freeing creates no objects: what
 * grows with the regions grows when one is committed.
 */
@NullMarked
package dev.ashlar.buddy;

import org.jspecify.annotations.NullMarked;
