/**
 * What {@code ashlar run} needs to know of the process before it starts a program: the bytes of its arguments, and
 * which libLLVM to load.
 *
 * <p>May import: exit, the module of LLVM.
 */
@NullMarked
package dev.ashlar.tool.program;

import org.jspecify.annotations.NullMarked;
