/**
 * Blocks smaller than what whole pages suit. {@link dev.ashlar.slab.BlockStore} is the front: it finds the right place
 * for a size, the block at an address, and what a free means.
 *
 * <p><b>Three kinds of place.</b> A <i>slab</i> is a run cut into equal slots of one size class, for the small. A
 * <i>packed run</i> is a run cut into granules of 64 bytes that blocks take any number of, for the sizes from some
 * hundred bytes to some pages: with JIT code of 0.2 to 4 KiB it needs fewer pages than size classes do (figures in
 * {@code docs/sizes.md}). What is larger, or aligned to pages, is a run of its own, trimmed to whole pages. Slabs and
 * packed runs keep the same books ({@code CutRun}). A packed run is searched once for free stretches and then filled
 * ({@code Filling}).
 *
 * <p><b>Finding a block.</b> Each page has a descriptor word ({@code PageMap}), written when memory is handed out and
 * not when it is freed: free, head of a run, inside a run, or part of the cut run with this number. A stale word is
 * told by what it points at: the run or cut run no longer reaches the page. So a lookup is a few loads at any number
 * of live blocks.
 *
 * <p><b>Owners.</b> Each slab and packed run belongs to one {@code SlabOwner}: a platform thread's, which works without
 * any lock and without an atomic read-modify-write, or the common one, which everybody else shares under its lock.
 * Another thread's free of a block is one atomic operation: a mark in the run ({@code RemoteMarks}), which the owner
 * looks through when it runs out. Threads that end leave their runs to the common owner; the others take runs from
 * there before they open new ones. What others free of an idle thread's blocks waits until that thread allocates again,
 * or ends.
 *
 * <p><b>Parking.</b> A thread's own free parks the block: it is live to no call any more, but its place stays whole, in
 * a magazine for its size, and the next allocation of that size takes it from there ({@code Parking}). Freed code that
 * is held by address waits in {@code Quarantine} before that ({@code docs/reuse-order.md}). What is parked is free
 * memory in every figure and is given up where it stands in the way: for want of room, in a row of frees, by a trim,
 * when a run changes hands. What such calls wait for is told in {@code docs/hot-path.md}.
 *
 * <p><b>Cold blocks</b> belong to one more owner, shared under its lock, whose runs lie in regions of their own.
 *
 * <p><b>Finding a wrong free.</b> Live and not marked, or refused. Where two threads free one block at the same moment,
 * one of them its owner, both may be told that they did it: the mark that came late is found when the position is
 * handed out or the owner looks through its marks, is counted, and frees nothing.
 *
 * <p><b>Invariants</b> (see {@link dev.ashlar.slab.BlockStore#checkInvariants}): a block is live in one place only; no
 * bookkeeping lies in managed pages; nothing is marked free before the eraser has been over it; a wrong free changes
 * nothing; a free allocates nothing.
 *
 * <p><b>Locking.</b> The cold owner's lock before the common owner's, and a shared owner's lock before the space's lock
 * (the heap's); never the other way round. The space's lock guards pages, descriptor words being written, and regions.
 * Descriptor words and runs are read without a lock: whoever frees a block learnt its address after they were written;
 * whoever frees what is no block may read something stale, and is told so by what it points at.
 */
@NullMarked
package dev.ashlar.slab;

import org.jspecify.annotations.NullMarked;
