/**
 * Spans and regions: where memory lies, where it comes from, and what the kernel's tables say about it.
 *
 * <p><b>Ideas.</b> A {@link dev.ashlar.region.Zone} is address space without memory, reserved once. A
 * {@link dev.ashlar.region.Region} is 2 MiB of it and the unit of everything that costs a system call.
 *
 * A {@link dev.ashlar.region.View} is one stretch of address space of a span: code has two of its memory (the ALIAS
 * write path: run here, written there), data has one, and whatever else comes is a list of views too.
 * {@link dev.ashlar.region.ZoneRegions} commits and releases regions; a {@code Rung} knows one backing, of a memory
 * file or anonymous, the {@code Ladder} tries them best first for each region anew and keeps every refusal.
 * {@code Placement} chooses addresses, {@link dev.ashlar.region.KernelView} reads back what the kernel did.
 *
 * <p><b>States of a region.</b> One method makes each step, and each step that fails undoes itself:
 * <pre>
 *   hole --ZoneRegions.commit--&gt; committed --ZoneRegions.release--&gt; hole
 * </pre>
 * A hole is {@code PROT_NONE} in every view: a touch faults and nothing is ever quietly populated. A committed region
 * has all its memory (that of a file is allocated before the first touch, so never SIGBUS), is mapped in every view and
 * not inherited by fork; where code runs in it, it was filled with trapping instructions before.
 *
 * <p><b>Invariants.</b> No page is writable and executable at once. No mprotect call is made. The views of a region are
 * whole mappings: where the kernel merges neighbours (shared memory, anonymous memory) a view costs one VMA per run of
 * committed regions, where it does not (hugetlb) one per region.
 *
 * <p><b>Locking.</b> None: the heap serialises commit, release and audit. The span's segments may be used by any thread
 * and are valid until the span is closed.
 */
@NullMarked
package dev.ashlar.region;

import org.jspecify.annotations.NullMarked;
