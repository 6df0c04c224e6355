/**
 * Spans and regions: where memory lies, where it comes from, what its pages allow, and what the kernel's tables say.
 *
 * <p><b>Ideas.</b> A {@link dev.ashlar.region.Span} is address space without memory, reserved once. In it lie
 * {@link dev.ashlar.region.Zone zones}, one for each domain, with a guard region between them. A
 * {@link dev.ashlar.region.Region} is 2 MiB of a zone and the unit of everything that costs a system call. A
 * {@link dev.ashlar.region.View} is one stretch of address space in which a zone's memory is seen: code on ALIAS has
 * two (run here, written there), everything else has one.
 *
 * <p>{@link dev.ashlar.region.ZoneRegions} commits and releases regions; a {@code Rung} knows one backing, of a memory
 * file or anonymous, the {@code Ladder} tries them best first for each region anew and keeps every refusal.
 * A {@code FileRung} has one file for a whole zone; on a hardened zone a {@code SealedRung} has one for each region,
 * sealed against writers, and a {@code FileAnchor} to each that is pinned.
 * {@code Placement} chooses addresses. {@code Poke} writes through {@code /proc/self/mem}.
 * {@link dev.ashlar.region.Permissions} publishes in place, {@link dev.ashlar.region.Ledger} predicts the tables that
 * result, {@link dev.ashlar.region.KernelView} reads them.
 *
 * <p><b>States of a region.</b> One method makes each step, and each step that fails undoes itself:
 * <pre>
 *   hole --ZoneRegions.commit--&gt; committed --ZoneRegions.release--&gt; hole
 * </pre>
 * On the write path IN_PLACE the pages of a committed region have states too:
 * <pre>
 *   open --Permissions.publish--&gt; published --Permissions.reopen, the whole region, when it is empty--&gt; open
 * </pre>
 * A region of a zone that is PINNED is never released; its views stay mapped until the process ends.
 *
 * <p>A hole is {@code PROT_NONE} in every view: a touch faults and nothing is ever quietly populated. A committed
 * region has all its memory (that of a file is allocated before the first touch, so never SIGBUS; that of a secret page
 * by page, {@link dev.ashlar.region.ZoneRegions#populate}, before it is handed out), is mapped in every view and not
 * inherited by fork; where code runs in it, it was filled with trapping instructions before.
 *
 * <p><b>Invariants.</b> No page is writable and executable at once. No mprotect call is made but by
 * {@code Permissions}, on IN_PLACE. What the ledger predicts is what the kernel has (a property test holds the two
 * together after every step). The views of a region are whole mappings elsewhere: where the kernel merges neighbours
 * (shared memory, anonymous memory) a view costs one VMA per run of committed regions, where it does not (hugetlb, a
 * file for each region) one per region.
 *
 * <p><b>Locking.</b> None: the heap serialises commit, release, publish and audit. The span's segments may be used by
 * any thread and are valid until the span is closed.
 */
@NullMarked
package dev.ashlar.region;

import org.jspecify.annotations.NullMarked;
