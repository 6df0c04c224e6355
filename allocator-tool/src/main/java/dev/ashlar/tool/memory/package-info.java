/**
 * Memories that a workload can run on, behind one interface: a heap of Ashlar, and a mapping for each function. The
 * benchmark adds other allocators. Knows nothing of the workloads.
 */
@NullMarked
package dev.ashlar.tool.memory;

import org.jspecify.annotations.NullMarked;
