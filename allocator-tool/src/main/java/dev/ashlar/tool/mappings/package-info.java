/**
 * What a write path does to the kernel's tables while a JIT compiler's load runs over it: functions published one by
 * one, half of them freed at random, as many published again, called in between to prove that they run.
 *
 * <p>A {@link dev.ashlar.tool.permissions.Cell} is one way of publishing on one backing, and runs in a JVM of its own
 * ({@link dev.ashlar.tool.permissions.CellProcess}), so that nobody's splits count for another. Ways are ours and the
 * naive ones, behind one interface ({@link dev.ashlar.tool.permissions.Way}); the
 * {@link dev.ashlar.tool.permissions.Witness} asks the kernel about all of them alike and takes nobody's word.
 * {@link dev.ashlar.tool.permissions.Targets} holds what was seen against what was promised.
 *
 * <p>May import: code, load, rivals, child, doctor, the verdicts of report, the JSON library, the allocator,
 * native-stubs. Knows nothing of the command line.
 */
@NullMarked
package dev.ashlar.tool.permissions;

import org.jspecify.annotations.NullMarked;
