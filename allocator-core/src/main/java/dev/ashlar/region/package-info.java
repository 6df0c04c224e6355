/**
 * Spans and regions: where memory lies, where it comes from, what its pages allow, and what the kernel's tables say.
 *
 * <p><b>Ideas.</b> A {@link dev.ashlar.region.Span} is address space without memory, reserved once. It holds {@link
 * dev.ashlar.region.Zone zones}, one for each domain, with a guard region between them. A {@link
 * dev.ashlar.region.Region} is 2 MiB of a zone and the unit of everything that costs a system call. A {@link
 * dev.ashlar.region.View} is a range of addresses at which a zone's memory is visible: code on ALIAS has two (one to
 * run, one to write), everything else has one.
 *
 * <p>{@link dev.ashlar.region.ZoneRegions} commits and releases regions. A {@code Rung} serves one backing, from a
 * memory file or anonymous. The {@code Ladder} tries the rungs best first at each commit and keeps every refusal. A
 * {@code FileRung} has one file for a whole zone, and a {@code FilelessRung} takes its place if files are forbidden or
 * short. {@code Remedy} says what helps against a refusal, {@code MemoryRoom} refuses what a memory cgroup has no room
 * for, and {@code Fork} keeps a forked child away. {@code Preparation} commits a region in a thread that does not hold
 * the heap's lock. On a hardened zone a {@code SealedRung} has a file for each region,
 * sealed against writers, and a {@code FileAnchor} for each pinned one. {@code Discards} gives single pages of data to
 * the system and fetches them again. {@code Placement} chooses addresses, and {@code AddressSpace} holds them. {@code
 * Poke} writes through {@code /proc/self/mem}. {@link dev.ashlar.region.Permissions} publishes in place, {@link
 * dev.ashlar.region.Ledger} predicts the tables that result, {@link dev.ashlar.region.KernelView} reads them.
 *
 * <p><b>States of a region.</b> One method makes each transition; if it fails, it undoes itself:
 * <pre>
 *   hole --ZoneRegions.commit--&gt; committed --ZoneRegions.release--&gt; hole
 *   hole --ZoneRegions.beginPreparing, prepare, endPreparing--&gt; committed, or a hole
 * </pre> On the write path IN_PLACE the pages of a committed region have states too:
 * <pre>
 *   open --Permissions.publish--&gt; published --Permissions.reopen, the whole region, when it is empty--&gt; open
 * </pre> A region of a PINNED zone is never released; its views stay mapped until the process ends.
 *
 * <p>A hole is {@code PROT_NONE} in every view: a touch faults and never populates memory. A committed region has all
 * its memory before the first touch, so a touch never raises SIGBUS. Secret memory and pages that a trim discarded are
 * populated before they are handed out ({@link dev.ashlar.region.ZoneRegions#populate}, {@link
 * dev.ashlar.region.ZoneRegions#restore}). It is mapped in every view and not inherited by
 * fork. A region of code is filled with trapping instructions before it becomes executable.
 *
 * <p><b>Invariants.</b> No page is writable and executable at once. Only {@code Permissions} calls mprotect, on
 * IN_PLACE, and {@code FilelessRung}, once for each region that it commits. The ledger predicts the kernel's tables
 * exactly (a property test compares the two after every step). On the other write paths no mapping ever changes below
 * the size of a region. If the kernel merges neighbours (shared or anonymous memory), a view costs one VMA for each run
 * of committed regions; if not (hugetlb, a file for each region, no file), one for each region.
 *
 * <p><b>Errors of the JVM.</b> {@link dev.ashlar.region.Health} says whether a heap can still be used. A change is
 * recorded before it is made, so that {@link dev.ashlar.region.ZoneRegions#recover} can complete or undo it. {@link
 * dev.ashlar.region.StackRoom} makes sure of room on the stack before a change of several steps.
 *
 * <p><b>Locking.</b> The heap serialises commit, release, publish and audit. Only {@link
 * dev.ashlar.region.ZoneRegions#prepare} runs beside them. The span's segments may be used by
 * any thread and are valid until the span is closed.
 */
@NullMarked
package dev.ashlar.region;

import org.jspecify.annotations.NullMarked;
