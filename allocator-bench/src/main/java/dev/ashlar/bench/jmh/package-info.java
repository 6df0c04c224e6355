/**
 * JMH benchmarks, one question in each class. Each does the same work in every {@link dev.ashlar.bench.rivals.Rival} of
 * its kind, selected by the parameter {@code memory}. A fork measures one memory, so that the JIT compiler binds the
 * calls of its interface. The memory {@code harness} shows the cost of the benchmark itself.
 *
 * <p>Sizes and victims are drawn in advance, with the same seeds for every memory. With {@code -t 2} the threads share
 * the memory and have their own live blocks.
 *
 * <p>May import: workload, memory, rivals, filters, code, child, figures, the allocator. Only {@code ashlar jmh} and
 * {@code ashlar bench} start these classes, by name.
 */
@NullMarked
package dev.ashlar.bench.jmh;

import org.jspecify.annotations.NullMarked;
