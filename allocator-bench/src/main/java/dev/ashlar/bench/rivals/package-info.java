/**
 * Ashlar and what one would use without it, behind two small interfaces: {@link dev.ashlar.tool.memory.BlockMemory} for
 * machine code, {@link dev.ashlar.bench.rivals.DataMemory} for everything else.
 * {@link dev.ashlar.bench.rivals.CodeRival} and {@link dev.ashlar.bench.rivals.DataRival} list them by label. Replay,
 * the demo and the benchmarks speak to the interfaces, so that every rival is put through the same loads.
 *
 * <p>Rivals run with their own defaults, chosen by their authors, and where there is a choice in the faster way: C
 * allocators also through critical downcalls, asmjit also with memory that is writable and executable at once, Netty
 * with a cache for every thread and without its leak detector.
 *
 * <p>What is not installed is no failure: opening it throws {@link dev.ashlar.bench.rivals.RivalUnavailableException}
 * with the reason, and {@link dev.ashlar.bench.rivals.Rival#availability()} says so beforehand. In a process that
 * measures, open one rival only: the C++ operators of jemalloc and mimalloc serve libraries that are loaded later.
 *
 * <p>May import: the allocator, native-stubs and the rivals' own libraries. Knows nothing of replay, JMH or the
 * command.
 */
@NullMarked
package dev.ashlar.bench.rivals;

import org.jspecify.annotations.NullMarked;
