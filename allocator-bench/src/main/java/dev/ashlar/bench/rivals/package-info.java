/**
 * Ashlar and the allocators that a program would use without it. {@link dev.ashlar.bench.rivals.Rival} lists them; each
 * is a {@link dev.ashlar.tool.memory.BlockMemory}, so that all do the same work.
 *
 * <p>Rivals run with their own defaults, and if there is a choice, also in the fastest configuration: C allocators
 * through critical downcalls, asmjit with memory that is writable and executable at once, Netty with a cache for every
 * thread and without its leak detector.
 *
 * <p>If a rival is not installed, opening it throws {@link dev.ashlar.bench.rivals.RivalUnavailableException} with the
 * reason. A process that measures opens one rival only, because the C++ operators of jemalloc and mimalloc serve
 * libraries that are loaded later.
 *
 * <p>May import: memory, workload, replay, the allocator, native-stubs and the rivals' own libraries.
 */
@NullMarked
package dev.ashlar.bench.rivals;

import org.jspecify.annotations.NullMarked;
