/**
 * Finds out what the host offers a heap of code or data, by reading its settings and by trying:
 * {@link dev.ashlar.tool.doctor.Doctor} makes a {@link dev.ashlar.tool.doctor.Diagnosis}.
 *
 * <p>May import: code, the allocator, native-stubs. Knows nothing of the command line.
 */
@NullMarked
package dev.ashlar.tool.doctor;

import org.jspecify.annotations.NullMarked;
