/**
 * What a caller reads back from a heap: snapshots of what it holds ({@link dev.ashlar.report.HeapStats}), of what the
 * host gave and refused ({@link dev.ashlar.report.HeapReport}), of what the kernel's tables show
 * ({@link dev.ashlar.report.HeapAudit}) and of permission changes ({@link dev.ashlar.report.LedgerReport}); and the
 * exceptions ({@link dev.ashlar.report.AshlarException}), each with the factories that hold its texts.
 *
 * <p>Reports are immutable values. The factories of the exceptions are public for the engine, which lies in other
 * packages; callers have no use for them.
 */
@NullMarked
package dev.ashlar.report;

import org.jspecify.annotations.NullMarked;
