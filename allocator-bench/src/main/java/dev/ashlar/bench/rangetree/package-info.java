/**
 * The range tree that the Linux kernel uses for its vmap areas, applied to machine code: free ranges in address order
 * inside regions of 2 MiB. It answers one question in the ordinary benchmark: is this simple structure enough, or do
 * buddy and slab pay for themselves? The rival {@code range-tree} runs it.
 *
 * <p>{@link dev.ashlar.bench.rangetree.RangeTreePlacement} only chooses offsets in a span and decides which regions are
 * committed. It makes no system call and touches no byte of the span.
 *
 * <p><b>Invariants</b> (checked by the model test): live blocks do not overlap; each block lies in committed regions;
 * at most one region without a block stays committed. Offsets and sizes are bytes.
 *
 * <p><b>Locking.</b> None: a caller uses one instance from one thread at a time.
 */
@NullMarked
package dev.ashlar.bench.rangetree;

import org.jspecify.annotations.NullMarked;
