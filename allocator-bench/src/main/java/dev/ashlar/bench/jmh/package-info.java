/**
 * JMH benchmarks, one question to a class. Each runs the same work in a {@link dev.ashlar.CodeHeap} and in what one
 * would use without it, chosen by the parameter {@code memory}, so that the figures stand side by side in one run.
 *
 * <p>May import: rivals, code, the allocator, native-stubs. Nothing imports this package: {@code ashlar jmh} starts it.
 */
@NullMarked
package dev.ashlar.bench.jmh;

import org.jspecify.annotations.NullMarked;
