/**
 * Blocks of any size in the pages of a zone. {@link dev.ashlar.slab.BlockStore} is the entry: it finds a place for a
 * size and the block at an address, and decides what a free means.
 *
 * <p><b>Three kinds of place.</b> A <i>slab</i> is a run cut into equal slots of one size class, for small blocks. A
 * <i>packed run</i> is a run cut into granules of 64 bytes, of which a block takes any number, for sizes from a few
 * hundred bytes to a few pages: for JIT code of 0.2 to 4 KiB it needs fewer pages than size classes do (figures in
 * {@code docs/sizes.md}). A block that is larger, or aligned to pages, is a run of its own, trimmed to whole pages
 * ({@code LargeRuns}). A packed run is searched once for free stretches and then filled ({@code Filling}).
 *
 * <p><b>Finding a block.</b> {@code Lines} has one array for each region and one line of eight words for each page: the
 * place of a block in it follows from the address by arithmetic. A line says which run covers the page ({@code
 * RunWord}), where its blocks start and end ({@code BlockBits}), which are parked, and which other threads have freed
 * ({@code RemoteMarks}). A run is a number, that of its first page, and no object.
 *
 * <p><b>Owners.</b> Each slab and packed run belongs to one {@code SlabOwner}: that of a platform thread, which works
 * without locks and atomic read-modify-writes, or the common one, which all other threads share under its lock. A free
 * by another thread is one atomic operation: a mark in the line, which the owner processes when it runs out of room.
 * The mark is set only in the life of the run in which the block was found. The runs of an ended thread go to the
 * common owner, and so do runs with free space of an owner whose blocks others free, if other owners open new runs
 * ({@code SlabOwner.share}). All owners take runs from there before they open new ones. Blocks of an idle thread that
 * others have freed wait until that thread allocates again, or ends.
 *
 * <p><b>Parking.</b> A thread's own free parks the block: it is no longer live for any call, but its place stays whole,
 * in a magazine for its size, and the next allocation of that size takes it from there ({@code Parking}). Freed code
 * that is held by address waits in {@code Quarantine} before that ({@code docs/reuse-order.md}). A thread also keeps
 * the last block of whole pages that it freed. Parked blocks count as free memory in every figure and are freed if room
 * is short, after many frees in a row, by a trim, and when a run changes its owner. {@code docs/hot-path.md} describes
 * the costs of this path.
 *
 * <p><b>Cold blocks</b> belong to one more owner, shared under its lock, whose runs lie in regions of their own.
 *
 * <p><b>Finding a wrong free.</b> A block that is not live, or is marked, cannot be freed. If two threads free one
 * block at the same moment, one of them its owner, both frees may return success: the late mark is found when the
 * position is handed out or the owner processes its marks; it is counted, and frees nothing.
 *
 * <p><b>Errors.</b> The start bit of a block and the word of a run's first page decide what is live. An allocation sets
 * them last and a free clears them first, so every list and count can be rebuilt from them. If an Error of the JVM cuts
 * a change short, the code that catches it sets {@code cutShort} and makes no call, and {@code settle()} rebuilds
 * before the next change.
 *
 * <p><b>Invariants</b> (see {@link dev.ashlar.slab.BlockStore#checkInvariants}): live blocks do not overlap; no
 * bookkeeping lies in managed pages; memory is erased before it is marked free; a wrong free changes nothing; a free
 * creates no objects.
 *
 * <p><b>Locking.</b> The cold owner's lock before the common owner's, and a shared owner's lock before the space's lock
 * (the heap's); never the other way round. The space's lock guards pages, the opening and closing of runs, and regions.
 * Lines are read without a lock: a thread that frees a block got its address after they were written. A thread that
 * frees a wrong address may read words of another run, and no memory but the arrays.
 */
@NullMarked
package dev.ashlar.slab;

import org.jspecify.annotations.NullMarked;
