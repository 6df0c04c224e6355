/**
 * Memory for machine code, data and secrets, in huge pages that stay whole.
 *
 * <p>Each heap is one class with its builder: {@link dev.ashlar.CodeHeap} for executable memory,
 * {@link dev.ashlar.DataHeap} for read-write memory, {@link dev.ashlar.SecretHeap} for memory that the kernel itself
 * cannot see. What a caller asks for is in {@link dev.ashlar.memory}, what a caller reads back is in
 * {@link dev.ashlar.report}. The engine is not exported.
 *
 * <h2>Which way to hold code should I use?</h2>
 * <table>
 * <caption>Four ways to hold code</caption>
 * <tr><th>use</th><th>if</th><th>it costs</th></tr>
 * <tr><td>{@link dev.ashlar.CodeBlock}</td><td>you want one piece of code, and wrong use to be refused for its whole
 * life</td><td>one Java object for each block</td></tr>
 * <tr><td>an address, by {@link dev.ashlar.CodeAddresses}</td><td>you keep your own records and want no Java
 * object</td><td>a second free is found only until the address is handed out again</td></tr>
 * <tr><td>{@link dev.ashlar.CodeUnit}</td><td>code comes with constants or variables that it must reach</td><td>at
 * least one region of 2 MiB for each domain in use, shared by all units of the heap</td></tr>
 * <tr><td>{@link dev.ashlar.CodeBatch}</td><td>a linker asks for one section after the other, or your generator must
 * write code at the address where it will run (write path IN_PLACE)</td><td>a Java object for each section; in place,
 * whole pages, and one mprotect call for each row of pages</td></tr>
 * </table>
 *
 * <h2>Who frees it?</h2>
 * The caller, when it knows that no thread runs the code; or a {@link dev.ashlar.CodeGroup}, whose close is refused
 * while a call runs in it; or a {@link dev.ashlar.Retirement}, which waits until every registered thread was
 * quiescent; or the garbage collector, for {@link dev.ashlar.CollectedCode}.
 *
 * <h2>Glossary</h2>
 * <dl>
 * <dt>span</dt><dd>One reservation of address space, aligned to 2 MiB. It has no memory until regions are
 * committed.</dd>
 * <dt>region</dt><dd>2 MiB of a span: the unit of commit, of huge mappings, of permissions and of release.</dd>
 * <dt>domain</dt><dd>What memory is for: code, read-only data, data or secrets. A region holds one domain. The regions
 * of one domain lie side by side in a zone of the span.</dd>
 * <dt>backing</dt><dd>Where a region's memory comes from: hugetlb, shmem-thp, anon-thp, small or secretmem.</dd>
 * <dt>write path</dt><dd>How code gets into memory that is not writable where it runs: ALIAS, POKE or IN_PLACE.</dd>
 * <dt>view</dt><dd>One mapping of a zone. On ALIAS, code has two: one to run, one to write through.</dd>
 * <dt>run</dt><dd>Pages that the buddy allocator hands out. Its order is the logarithm of their number, 0 to 9.</dd>
 * <dt>slab</dt><dd>A run that is cut into equal slots of one size class.</dd>
 * <dt>block</dt><dd>What a caller gets from one allocation.</dd>
 * <dt>publish</dt><dd>To make written code callable. From then on it cannot be written through the heap.</dd>
 * <dt>ledger</dt><dd>The record of page permissions of a zone, and of the huge mappings that changes have split.</dd>
 * </dl>
 *
 * <h2>Errors</h2>
 * If a host or a heap cannot do what was asked, the result is a {@link dev.ashlar.report.AshlarException}. If no heap
 * could serve an argument, it is an {@link IllegalArgumentException}. In both cases nothing has changed.
 *
 * <h2>Threads</h2>
 * A thread that allocates and frees its own blocks of up to 16 KiB takes no lock. What touches pages or regions takes
 * the lock of the zone. Segments may be used by any thread.
 */
@NullMarked
package dev.ashlar;

import org.jspecify.annotations.NullMarked;
