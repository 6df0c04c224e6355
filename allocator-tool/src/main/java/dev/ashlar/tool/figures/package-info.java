/**
 * Measured numbers: how they are printed, the median of several, and whether one meets a target. All commands and the
 * benchmark use these, so that a number reads the same everywhere. Knows nothing of what is measured.
 */
@NullMarked
package dev.ashlar.tool.figures;

import org.jspecify.annotations.NullMarked;
