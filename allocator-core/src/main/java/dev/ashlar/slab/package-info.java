/**
 * Blocks smaller than what whole pages suit. {@link dev.ashlar.slab.BlockStore} is the front: it finds the right place
 * for a size, the block at an address, and what a free means.
 *
 * <p><b>Three kinds of place.</b> A <i>slab</i> is a run cut into equal slots of one size class, for the small. A
 * <i>packed run</i> is a run cut into granules of 64 bytes that blocks take any number of, for the sizes from some
 * hundred bytes to some pages: with JIT code of 0.2 to 4 KiB it needs fewer pages than size classes do (figures in
 * {@code docs/sizes.md}). What is larger, or aligned to pages, is a run of its own, trimmed to whole pages.
 *
 * <p><b>Finding a block.</b> Each page has a descriptor word ({@code PageMap}), written when memory is handed out and
 * not when it is freed: free, head of a run, inside a run, or part of the cut run with this number. A stale word is
 * told by what it points at: the run or cut run no longer reaches the page. So a lookup is a few loads at any number
 * of live blocks.
 *
 * <p><b>Invariants</b> (see {@link dev.ashlar.slab.BlockStore#checkInvariants}): a block is live in one place only; no
 * bookkeeping lies in managed pages; a free marks nothing free before the eraser has been over it; a wrong free changes
 * nothing; a free allocates nothing.
 *
 * <p><b>Locking.</b> None: the heap serialises all calls on a store.
 */
@NullMarked
package dev.ashlar.slab;

import org.jspecify.annotations.NullMarked;
