/**
 * One experiment on the kernel's mappings, in a short form ({@code ashlar demo}) and a long one
 * ({@code ashlar permissions}): publish functions like a JIT compiler, free half of them, publish as many again, call
 * them in between, and ask the kernel what it did to the mappings.
 *
 * <p>A {@link dev.ashlar.tool.mappings.PublishMethod} makes functions executable: a heap on one of its write paths, or
 * one of two naive memories. {@link dev.ashlar.tool.mappings.Workload} runs the functions over it. At each look,
 * {@link dev.ashlar.tool.mappings.KernelProbe} takes a {@link dev.ashlar.tool.mappings.Snapshot} of the kernel's
 * tables, without asking the heap, and {@link dev.ashlar.tool.mappings.SnapshotTotals} adds them up.
 *
 * <p>{@link dev.ashlar.tool.mappings.PermissionsRun} measures all {@link dev.ashlar.tool.mappings.Cell}s, each in a JVM
 * of its own, so that the splits of one do not count for another, and checks the targets.
 * {@link dev.ashlar.tool.mappings.Demo} runs two methods in this JVM and checks six claims.
 *
 * <p>May import: code, workload, memory, child, doctor, figures, the allocator, native-stubs. Does not depend on
 * the command line.
 */
@NullMarked
package dev.ashlar.tool.mappings;

import org.jspecify.annotations.NullMarked;
