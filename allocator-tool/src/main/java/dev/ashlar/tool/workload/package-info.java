/**
 * Workloads: sizes ({@link dev.ashlar.tool.workload.SizeMix}), the order of replacements
 * ({@link dev.ashlar.tool.workload.Draws}), contents ({@link dev.ashlar.tool.workload.Payload}) and the live blocks
 * themselves ({@link dev.ashlar.tool.workload.LiveBlocks}). The same seed gives every memory the same work.
 *
 * <p>{@link dev.ashlar.tool.workload.WorkerThreads} run the work of several threads. All other classes are for one
 * thread each. May import: code, memory.
 */
@NullMarked
package dev.ashlar.tool.workload;

import org.jspecify.annotations.NullMarked;
