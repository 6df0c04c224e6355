/**
 * Ways to get memory for machine code behind one small interface, {@link dev.ashlar.bench.rivals.CodeMemory}: a
 * {@link dev.ashlar.CodeHeap} and what one would use without it. Replay, the demo and the benchmarks speak to the
 * interface, so that every rival is put through the same loads.
 *
 * <p>May import: the allocator, native-stubs and the rivals' own libraries. Knows nothing of replay, JMH or the
 * command.
 */
@NullMarked
package dev.ashlar.bench.rivals;

import org.jspecify.annotations.NullMarked;
