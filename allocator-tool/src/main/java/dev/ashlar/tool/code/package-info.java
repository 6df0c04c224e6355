/**
 * Machine code to put into executable memory: real functions from an assembler
 * ({@link dev.ashlar.tool.code.AssembledFunction}), and the smallest function there is for each architecture
 * ({@link dev.ashlar.tool.code.ConstantFunction}).
 *
 * <p>May import: the assembler and native-stubs. Does not depend on memory.
 */
@NullMarked
package dev.ashlar.tool.code;

import org.jspecify.annotations.NullMarked;
