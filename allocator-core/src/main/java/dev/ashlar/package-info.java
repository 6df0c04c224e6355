/**
 * Ashlar's public front: executable memory in huge pages, written and run without ever splitting a huge mapping and
 * without a page that is writable and executable at once; data in the same pages by the same means; and secrets off the
 * kernel's own map of memory.
 *
 * <p>{@link dev.ashlar.CodeHeap} hands out {@link dev.ashlar.CodeBlock}s; {@link dev.ashlar.CodeUnit}s, which have
 * constants and data in reach of their code; and {@link dev.ashlar.CodeBatch}es for generators that write where the
 * code will run. {@link dev.ashlar.DataHeap} hands out segments and arenas. Both give raw addresses where not even
 * one Java object may be made for a block. {@link dev.ashlar.SecretHeap} hands out segments and arenas of its own
 * kind of memory. {@link dev.ashlar.HeapStats},
 * {@link dev.ashlar.HeapReport} or {@link dev.ashlar.DataHeapReport}, and {@link dev.ashlar.HeapAudit} say what a heap
 * holds, what the host gave and refused, and what the kernel's tables look like; {@link dev.ashlar.LedgerReport}
 * what was done to permissions.
 *
 * <p><b>Errors.</b> Everything that can go wrong with a host or a heap is an {@link dev.ashlar.AshlarException}; an
 * argument that no heap could serve is an {@link IllegalArgumentException}. Either way nothing has changed.
 *
 * <p><b>Locking.</b> A thread that allocates and frees blocks of its own up to 16 KiB takes no lock; whatever touches
 * pages and regions takes the heap's. Who owns which memory is the slab layer's affair. Segments may be used by any
 * thread.
 */
@NullMarked
package dev.ashlar;

import org.jspecify.annotations.NullMarked;
