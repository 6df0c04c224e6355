/**
 * Finds out what the host offers a heap, by reading its settings and by building small heaps:
 * {@link dev.ashlar.tool.doctor.Doctor} makes a {@link dev.ashlar.tool.doctor.Diagnosis}. What does not work comes with
 * a remedy, which follows from the errno of the refused call and from the facts of the host.
 *
 * <p>May import: code, the allocator, native-stubs. Does not depend on the command line.
 */
@NullMarked
package dev.ashlar.tool.doctor;

import org.jspecify.annotations.NullMarked;
