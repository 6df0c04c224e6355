/**
 * The work that all contenders are given: sizes ({@link dev.ashlar.tool.workload.SizeMix}), who makes room for whom
 * ({@link dev.ashlar.tool.workload.Draws}) and what is written ({@link dev.ashlar.tool.workload.Payload}). Drawn in advance
 * and the same for everyone.
 *
 * <p>May import: code.
 */
@NullMarked
package dev.ashlar.tool.workload;

import org.jspecify.annotations.NullMarked;
