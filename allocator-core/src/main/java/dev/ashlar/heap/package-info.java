/**
 * The engine behind the heaps: it joins zones, blocks and write paths, and checks every call.
 *
 * <pre>
 *   Zones       the zones of one heap in one span; opens them on first use, closes them together
 *     Space       the blocks of one zone: takes, writes, publishes and frees them; checks sizes and addresses
 *       Publishing  the write path at work: Aliased, Poked or InPlace
 *         OpenZone    zone, regions, blocks, lock and the closed flag: the part of a space that write paths know
 * </pre>
 *
 * <p>A block is named by its offset in the zone. The front knows it by its address. {@code Piece} is a block with its
 * space, {@code LifeCycle} the state of what the front hands out, {@code Lifetime} what ends it ({@code Unmanaged},
 * {@code Grouped} or {@code Collected}), {@code Staging} a buffer for what cannot be written
 * in place, {@code Segments} the blocks that segments and arenas hold, {@code Snapshots} the reports. A {@code Chore}
 * is work in the one thread that serves all heaps: {@code Healer} and {@code Preparer}.
 *
 * <p><b>Invariants.</b> The fast path of an allocation and of a free reads the closed flag once and takes no lock. A
 * block is erased before its memory is used again. After {@code close()} no call reaches the zone: each one checks the
 * flag under the lock, or is refused by the scope of the zone's segments.
 *
 * <p><b>Locking.</b> In this order: the lock of {@code Zones}, the locks of the spaces in the order in which they were
 * opened, the lock of a collapse ({@code Healing}) or of a preparation (in {@code dev.ashlar.region}). The slab layer
 * may take a space's lock while it holds its own.
 *
 * <p>The classes are public for {@code dev.ashlar} only: the module does not export this package.
 */
@NullMarked
package dev.ashlar.heap;

import org.jspecify.annotations.NullMarked;
