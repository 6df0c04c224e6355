/**
 * Tells profilers, debuggers and the C++ runtime about published code, each in its own format: a map and a dump for
 * perf, an ELF image for gdb and for {@code ashlar explain}, a description of frames for unwinders.
 *
 * <p>The heap calls its {@link dev.ashlar.symbols.Tools} for each publication and each free. The files of perf
 * belong to the process, and all its heaps write to them; the images and the description belong to one heap.
 *
 * <p>Telling never makes a call of the heap fail. If a file is full, or cannot be written, the rest is left out.
 *
 * <p><b>Locking.</b> A file has a lock, under which it is written. Tables are changed by compare-and-set, or by the
 * thread that owns the block.
 */
@NullMarked
package dev.ashlar.symbols;

import org.jspecify.annotations.NullMarked;
