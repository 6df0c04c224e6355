/**
 * Heaps as MXBeans: the only code that knows {@code java.management}, a module that may be absent.
 *
 * <p><b>Ideas.</b> A {@code HeapBean} is what the MBean server holds. It refers to the heap weakly, so a heap that is
 * registered can be dropped. {@link dev.ashlar.management.HeapBeans} finds a name that is free, and unregisters the
 * bean when the heap is closed or unreachable.
 *
 * <p><b>Locking.</b> None of its own: the MBean server decides which of two registrations gets a name.
 */
@NullMarked
package dev.ashlar.management;

import org.jspecify.annotations.NullMarked;
