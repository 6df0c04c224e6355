/**
 * Main classes that measure what JMH cannot: each runs in a fresh JVM whose Java heap is touched in advance, takes
 * {@code name=value} arguments and writes one {@link dev.ashlar.tool.child.Answer}.
 *
 * <p>May import: child, load, replay, rivals, the allocator, native-stubs. Nothing imports this package:
 * {@code ashlar bench} starts it.
 */
@NullMarked
package dev.ashlar.bench.probe;

import org.jspecify.annotations.NullMarked;
