/**
 * The work that all contenders are given: sizes ({@link dev.ashlar.bench.load.SizeMix}), who makes room for whom
 * ({@link dev.ashlar.bench.load.Draws}) and what is written ({@link dev.ashlar.bench.load.Payload}). Drawn in advance
 * and the same for everyone.
 *
 * <p>May import: code.
 */
@NullMarked
package dev.ashlar.bench.load;

import org.jspecify.annotations.NullMarked;
