/**
 * The binding to C: functions of a shared library by name, and Java methods as C functions. No function is known here
 * by its meaning.
 *
 * <p>May import: the exceptions. Thread-safe.
 */
@NullMarked
package dev.ashlar.llvm.capi;

import org.jspecify.annotations.NullMarked;
