/**
 * The boundary to the operating system: the only code of Ashlar that calls it.
 *
 * <p><b>Idea.</b> {@link dev.ashlar.stubs.SystemCalls} is the boundary: one method per call, no policy. Failures are
 * values ({@code -errno}), because for the layers above a refusal is an ordinary answer that leads to the next rung;
 * {@link dev.ashlar.stubs.Errno} names them. {@link dev.ashlar.stubs.Libc} reaches the kernel through FFM; tests
 * replace it by a wrapper that records calls and fails the n-th. The kernel's files describe memory: {@link
 * dev.ashlar.stubs.ProcessMaps}, {@link dev.ashlar.stubs.Smaps}, {@link dev.ashlar.stubs.VmStat}, {@link
 * dev.ashlar.stubs.MemInfo}, {@link dev.ashlar.stubs.HugePageSettings}; and, region by region, from {@link
 * dev.ashlar.stubs.PagemapScan}.
 *
 * <p><b>Order of checks.</b> {@link dev.ashlar.stubs.Libc#system()} first asks {@link dev.ashlar.stubs.Platform}
 * whether this host is supported, then {@link dev.ashlar.stubs.NativeAccess} whether this module may call native code.
 * Each fails with one clear sentence. Only then a class is used whose initialiser links native functions.
 *
 * <p><b>Invariants.</b>
 * <ul>
 * <li>No system call creates a Java object, apart from the two that take a string.
 * <li>No call keeps state per thread. An errno belongs to its call, whatever other threads do.
 * <li>A kernel file that is missing or refused reads as empty and never throws.
 * <li>jnr-posix is not used unless its own module has native access, so it never causes a JVM warning.
 * </ul>
 *
 * <p><b>Locking.</b> None, apart from {@link dev.ashlar.stubs.PagemapScan}, whose buffer serves one scan at a time.
 * Snapshots are immutable.
 *
 * <p>Imports only the JDK, and jnr-posix in one class.
 */
@NullMarked
package dev.ashlar.stubs;

import org.jspecify.annotations.NullMarked;
