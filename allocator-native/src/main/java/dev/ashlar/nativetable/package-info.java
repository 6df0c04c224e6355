/**
 * A heap of Ashlar for native code in the same process: {@link dev.ashlar.nativetable.NativeTable} makes a C struct of
 * function pointers, which {@code ashlar.h} declares. Native code names a block by its address, so no Java object is
 * kept for it.
 *
 * <h2>Invariants</h2>
 * <ul>
 * <li>No function of the table throws: an exception that leaves one would end the JVM. It returns a code of
 * {@code Status}; why is kept for the thread.</li>
 * <li>A call that fails has changed nothing, except that one which frees many blocks frees all that it can.</li>
 * <li>Functions and structs live until the process ends, and no number of a heap is used again: a call after the close
 * of a table finds none.</li>
 * </ul>
 *
 * <h2>Locking</h2>
 * Tables are opened and closed under a lock; calls read one volatile field, and wait only for what the heap waits for.
 */
@NullMarked
package dev.ashlar.nativetable;

import org.jspecify.annotations.NullMarked;
