/**
 * The work that each allocator is given: block sizes ({@link dev.ashlar.tool.workload.SizeMix}), which block is freed
 * for the next one ({@link dev.ashlar.tool.workload.Draws}) and what is written into a block
 * ({@link dev.ashlar.tool.workload.Payload}). All of it is drawn in advance and is the same for each allocator.
 *
 * <p>May import: code.
 */
@NullMarked
package dev.ashlar.tool.workload;

import org.jspecify.annotations.NullMarked;
