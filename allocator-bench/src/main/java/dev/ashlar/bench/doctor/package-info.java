/**
 * Finds out what the host offers a heap of code or data, by reading its settings and by trying:
 * {@link dev.ashlar.bench.doctor.Doctor} makes a {@link dev.ashlar.bench.doctor.Diagnosis}.
 *
 * <p>May import: code, the allocator, native-stubs. Knows nothing of the command line.
 */
@NullMarked
package dev.ashlar.bench.doctor;

import org.jspecify.annotations.NullMarked;
