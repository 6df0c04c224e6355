/**
 * The boundary to the operating system: the only code of Ashlar that calls it.
 *
 * <p><b>Idea.</b> {@link dev.ashlar.stubs.SystemCalls} is the boundary, one method a call, no policy. Failures are
 * values ({@code -errno}), because for the layers above a refusal is an ordinary answer that leads to the next rung;
 * {@link dev.ashlar.stubs.Errno} names them. {@link dev.ashlar.stubs.Libc} reaches the kernel through FFM; tests put a
 * wrapper in its place that records calls and fails the n-th. What the kernel says of memory is read from its files:
 * {@link dev.ashlar.stubs.ProcessMaps}, {@link dev.ashlar.stubs.Smaps}, {@link dev.ashlar.stubs.VmStat},
 * {@link dev.ashlar.stubs.MemInfo}, {@link dev.ashlar.stubs.HugePageSettings}; and, region by region, from
 * {@link dev.ashlar.stubs.PagemapScan}.
 *
 * <p><b>Order of checks.</b> {@link dev.ashlar.stubs.Libc#system()} first asks {@link dev.ashlar.stubs.Platform}
 * whether this host is supported, then {@link dev.ashlar.stubs.NativeAccess} whether this module may call native code.
 * Each ends in one clear sentence. Only then is a class touched whose initialiser links native functions.
 *
 * <p><b>Invariants.</b>
 * <ul>
 * <li>No system call allocates a Java object, apart from the two that take a string.
 * <li>No call keeps state per thread. An errno belongs to the call that got it, whatever other threads do.
 * <li>A file of the kernel that is missing or refused reads as empty and never throws.
 * <li>jnr-posix is not touched unless its own module was granted native access, so no JVM warning is of its making.
 * </ul>
 *
 * <p><b>Locking.</b> None, apart from {@link dev.ashlar.stubs.PagemapScan}, whose buffer serves one scan at a time.
 * Snapshots are immutable.
 *
 * <p>Imports nothing but the JDK, and jnr-posix in one class.
 */
@NullMarked
package dev.ashlar.stubs;

import org.jspecify.annotations.NullMarked;
