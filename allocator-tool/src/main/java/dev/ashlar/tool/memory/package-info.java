/**
 * One interface for every allocator that is measured or shown: {@link dev.ashlar.tool.memory.BlockMemory}. This
 * package holds the implementations that need nothing but Ashlar and the kernel: both heaps, and one mapping for each
 * function.
 *
 * <p>No method allocates a Java object, and a measuring JVM opens one implementation only, so that the JIT compiler
 * inlines the calls.
 *
 * <p>May import: the allocator, native-stubs.
 */
@NullMarked
package dev.ashlar.tool.memory;

import org.jspecify.annotations.NullMarked;
