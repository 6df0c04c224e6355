/**
 * Replays recorded allocation traces in a {@link dev.ashlar.CodeHeap} and reports what that took: time, memory, and
 * what the kernel says of the mappings. {@link dev.ashlar.tool.replay.TraceReader} reads a trace,
 * {@link dev.ashlar.tool.replay.Replay} runs it, {@link dev.ashlar.tool.replay.ReplayResult} is what comes out.
 * {@link dev.ashlar.tool.replay.TimedReplay} and {@link dev.ashlar.tool.replay.WatchedReplay} do the same in any
 * memory for code, for comparisons.
 *
 * <p>May import: rivals, the allocator, native-stubs. Knows nothing of the command line.
 */
@NullMarked
package dev.ashlar.tool.replay;

import org.jspecify.annotations.NullMarked;
