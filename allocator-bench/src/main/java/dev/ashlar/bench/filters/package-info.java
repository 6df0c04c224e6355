/**
 * Filters on columns, compiled in other ways than the example {@link dev.ashlar.examples.filter} does: its rivals.
 * {@link dev.ashlar.bench.filters.FilterSet} draws the filters and checks each contender against the interpreter.
 *
 * <p>A filter is used by one thread. May import: the examples, the allocator.
 */
@NullMarked
package dev.ashlar.bench.filters;

import org.jspecify.annotations.NullMarked;
