/**
 * Replays recorded allocation traces in a {@link dev.ashlar.CodeHeap} and reports what that took: time, memory, and
 * what the kernel says of the mappings. {@link dev.ashlar.bench.replay.TraceReader} reads a trace,
 * {@link dev.ashlar.bench.replay.Replay} runs it, {@link dev.ashlar.bench.replay.ReplayResult} is what comes out.
 * {@link dev.ashlar.bench.replay.TimedReplay} and {@link dev.ashlar.bench.replay.WatchedReplay} do the same in any
 * memory for code, for comparisons.
 *
 * <p>May import: rivals, the allocator, native-stubs. Knows nothing of the command line.
 */
@NullMarked
package dev.ashlar.bench.replay;

import org.jspecify.annotations.NullMarked;
