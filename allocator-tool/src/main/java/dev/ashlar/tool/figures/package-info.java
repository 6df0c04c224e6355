/**
 * Measured numbers: how they are printed, the median of several, and whether one meets a target. All commands and the
 * benchmark use these, so that a number has the same form everywhere. Does not depend on what is measured.
 */
@NullMarked
package dev.ashlar.tool.figures;

import org.jspecify.annotations.NullMarked;
