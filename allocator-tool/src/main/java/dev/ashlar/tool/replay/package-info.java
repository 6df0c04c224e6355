/**
 * Replays recorded allocation traces in a {@link dev.ashlar.CodeHeap} and reports time, memory and the kernel's
 * mappings. {@link dev.ashlar.tool.replay.TraceReader} reads a trace, {@link dev.ashlar.tool.replay.Replay} runs it,
 * {@link dev.ashlar.tool.replay.ReplayResult} is the result. {@link dev.ashlar.tool.replay.MemoryReplay} replays a
 * trace in any memory, for comparisons.
 *
 * <p>May import: memory, workload, figures, exit, the allocator, native-stubs. Does not depend on the command line.
 */
@NullMarked
package dev.ashlar.tool.replay;

import org.jspecify.annotations.NullMarked;
