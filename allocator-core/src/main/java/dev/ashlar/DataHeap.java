package dev.ashlar;

import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.DataHeapReport;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Read-write memory in huge pages, for whatever is allocated and freed all the time: segments, arenas, raw addresses.
 *
 * {@snippet :
 * try (DataHeap heap = DataHeap.create()) {
 *     try (Arena arena = heap.confinedArena()) { // in place of Arena.ofConfined()
 *         MemorySegment point = arena.allocate(16); // zero, as every arena has it
 *         point.set(ValueLayout.JAVA_DOUBLE, 0, 1.5);
 *     } // its memory is back in the heap
 *     MemorySegment table = heap.allocate(1 << 20); // lives until it is freed, or the heap is closed
 *     heap.free(table);
 * }
 * }
 *
 * <p><b>Three ways to hold memory.</b> By an arena, which gives back what it allocated when it is closed; as a segment
 * of the heap, until {@link #free}; or as a raw address ({@link #addresses()}), for callers who want no Java object.
 *
 * <p><b>Wrong use</b> throws and changes nothing.
 *
 * <p><b>Threads.</b> All methods may be called by any thread. A thread that allocates and frees its own small blocks
 * takes no lock; see {@link dev.ashlar} for who waits for whom.
 */
public final class DataHeap implements SegmentAllocator, AutoCloseable {
    /** Bytes of the largest span: 1 TiB. */
    public static final long LARGEST_CAPACITY = 1L << 40;

    /** The largest alignment in bytes: 2 MiB. */
    public static final long LARGEST_ALIGNMENT = HeapSpace.LARGEST_ALIGNMENT;

    private final HeapZones zones;
    private final HeapSpace space;
    private final Zeroing zeroing;
    private final OpenArenas arenas = new OpenArenas();
    private final MemorySegment writable;
    private final DataAddresses addresses;

    DataHeap(HeapZones zones) {
        this.zones = zones;
        this.space = zones.first();
        this.zeroing = new Zeroing(space);
        this.writable = space.zone.writable();
        this.addresses = new DataAddresses(space, zeroing);
    }

    /** {@return a heap of 16 GiB with the best memory that the host gives; see {@link DataHeapBuilder#build()}} */
    public static DataHeap create() {
        return builder().build();
    }

    /** {@return a builder with the defaults of {@link #create()}} */
    public static DataHeapBuilder builder() {
        return new DataHeapBuilder();
    }

    /**
     * Takes memory that lives until it is freed or the heap is closed. The segment may be used by any thread. It
     * belongs to the heap, not to the block: after {@link #free} it still reaches the memory that was given back, which
     * may be somebody else's by then, or no memory at all; not to touch it is the caller's promise.
     *
     * @param byteSize bytes, 0 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link #LARGEST_ALIGNMENT}; 16 bytes at least are kept to
     * @return the memory, all zero
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        if (byteSize < 0) {
            throw HeapErrors.negative(byteSize);
        }
        long offset = zeroing.take(Math.max(byteSize, 1), byteAlignment, Holder.OBJECT);
        return writable.asSlice(offset, byteSize);
    }

    /**
     * Frees memory that {@link #allocate} gave out.
     *
     * @param segment the segment as it was given out, or a slice from its first byte on
     * @throws WrongAddressException if it is no such segment, or was freed before and its place not given out again
     * @throws HeapClosedException if the heap is closed
     */
    public void free(MemorySegment segment) {
        long address = segment.address();
        long offset = space.offsetOf("free", address);
        if (!segment.scope().equals(writable.scope())) {
            throw HeapErrors.otherScope(address);
        }
        FreeResult result = space.free(offset, Holder.OBJECT);
        if (result != FreeResult.DONE) {
            throw HeapErrors.wrongObject("free", address, result);
        }
    }

    /**
     * Opens an arena for the current thread, to be used in place of {@link Arena#ofConfined()}.
     *
     * @return the arena; its memory is all zero, its segments end with it, and it keeps the heap open until it is
     *     closed. It throws as the JDK's does: {@link WrongThreadException} in other threads,
     *     {@link IllegalStateException} once it is closed; and {@link HeapExhaustedException} where there is no room
     * @throws HeapClosedException if the heap is closed
     */
    public Arena confinedArena() {
        return new ConfinedHeapArena(space, zeroing, arenas);
    }

    /**
     * Opens an arena for all threads, to be used in place of {@link Arena#ofShared()}. To close one takes tens of
     * microseconds, as with the JDK's, because every thread must be asked whether it is in one of its segments.
     *
     * @return the arena; as that of {@link #confinedArena()}, but for any thread
     * @throws HeapClosedException if the heap is closed
     */
    public Arena sharedArena() {
        return new SharedHeapArena(space, zeroing, arenas);
    }

    /** {@return the same heap over raw addresses} */
    public DataAddresses addresses() {
        return addresses;
    }

    /**
     * Commits memory ahead, so that allocations find it there: a first commit can cost milliseconds.
     *
     * @param byteSize bytes of empty regions, side by side, to have ready and to keep ready when blocks are freed,
     *     until {@link #trim()}; rounded up to regions of 2 MiB
     * @throws IllegalArgumentException if the size is out of range
     * @throws HeapExhaustedException if the host gives no more, or the span has no such place; what was committed stays
     * @throws HeapClosedException if the heap is closed
     */
    public void precommit(long byteSize) {
        space.precommit(byteSize);
    }

    /**
     * Gives the memory of every empty region back to the system.
     *
     * @return bytes given back
     * @throws HeapClosedException if the heap is closed
     */
    public long trim() {
        return space.trim();
    }

    /** {@return bytes of committed regions now, 0 once the heap is closed; a plain read, without the lock} */
    public long committedByteSize() {
        return space.regions.committedByteSize();
    }

    /**
     * {@return what the heap holds now}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public HeapStats stats() {
        return HeapSnapshots.stats(zones);
    }

    /**
     * {@return what was asked of the host, what it gave and what it refused}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public DataHeapReport report() {
        return space.whileOpen(() -> new DataHeapReport(
                space.name,
                zones.memory(),
                space.regions.backingsInUse(),
                space.regions.refusals(),
                space.zone.base(),
                space.zone.byteSize()));
    }

    /**
     * {@return what the kernel's tables say about the heap's memory now; reads {@code /proc}, milliseconds}
     *
     * @throws UnsupportedHostException if {@code /proc/self/maps} cannot be read
     * @throws HeapClosedException if the heap is closed
     */
    public HeapAudit audit() {
        return HeapSnapshots.audit(zones);
    }

    /** {@return the heap's name, as in {@code /proc/self/maps}} */
    public String name() {
        return space.name;
    }

    /**
     * Gives back all that was reserved, live blocks included. Afterwards every call on the heap that needs memory or
     * its state throws, and so does every access through a segment it handed out; to touch a raw address is then the
     * caller's mistake. Closing again does nothing.
     *
     * @throws BlockStateException if an arena of the heap is open, or a segment of it is being passed to a running
     *     downcall; then nothing has changed
     */
    @Override
    public void close() {
        zones.close(arenas);
    }

    HeapSpace space() {
        return space;
    }
}
