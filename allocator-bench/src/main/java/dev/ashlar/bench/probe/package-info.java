/**
 * Main classes that measure what JMH cannot: memory, single latencies, traces, loops in C++. Each runs in a fresh JVM
 * whose Java heap is touched in advance, takes {@code name=value} arguments and writes one
 * {@link dev.ashlar.tool.child.Answer}.
 *
 * <p>May import: child, workload, memory, replay, rivals, the allocator. Only {@code ashlar bench} starts these
 * classes, by name.
 */
@NullMarked
package dev.ashlar.bench.probe;

import org.jspecify.annotations.NullMarked;
