/**
 * JMH benchmarks, one question to a class. Each does the same work in every memory of
 * {@link dev.ashlar.bench.rivals.CodeRival} or {@link dev.ashlar.bench.rivals.DataRival}, chosen by the parameter
 * {@code memory}; one memory to a fork, so that the calls of its interface are bound to it. What a benchmark itself
 * costs is shown by the memory {@code harness}, which does nothing.
 *
 * <p>Sizes and victims are drawn in advance, by the same seeds for every memory. With {@code -t 2} threads share the
 * memory and have live sets of their own.
 *
 * <p>May import: load, rivals, code, child, the allocator, native-stubs. Nothing imports this package:
 * {@code ashlar jmh} and {@code ashlar bench} start it.
 */
@NullMarked
package dev.ashlar.bench.jmh;

import org.jspecify.annotations.NullMarked;
