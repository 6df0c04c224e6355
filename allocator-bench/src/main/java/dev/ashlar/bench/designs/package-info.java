/**
 * The designs that were argued over for memory of machine code, as rivals behind one interface,
 * {@link dev.ashlar.bench.designs.PlacementDesign}: a mapping for each block, a range tree inside huge regions, a cache
 * of grouped pages, a bitmap of chunks, buddy blocks alone, and what a {@link dev.ashlar.CodeHeap} does. They are put
 * through the same loads; the question is whether a range tree is enough or buddy and slab earn their keep.
 *
 * <p><b>A design only places.</b> It says at which offset of a span a block lies and when a region of 2 MiB is
 * committed or released; it makes no system call and keeps its records outside the span. What all share stands apart
 * from them: which region is committed next and how many empty ones are kept ({@code Regions}), what a block longer
 * than a region gets ({@code WholeRegions}), who watches ({@code Observer}) and who times ({@code Stopwatch}).
 *
 * <p><b>Invariants</b> (the model test holds every design to them): live blocks do not overlap; a block lies in
 * committed regions; a region is released once it is empty and another one is; the pages held are those that the live
 * blocks' places touch. Offsets are bytes from the start of the span, sizes are bytes.
 *
 * <p><b>Locking.</b> None: callers take turns. May import: rivals, replay, doctor, chart, the allocator, native-stubs.
 * Knows nothing of the command line.
 */
@NullMarked
package dev.ashlar.bench.designs;

import org.jspecify.annotations.NullMarked;
