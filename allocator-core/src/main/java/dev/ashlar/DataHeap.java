package dev.ashlar;

import dev.ashlar.heap.Segments;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.TrimEffort;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WrongAddressException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.Objects;

/**
 * Read-write memory in huge pages, for what is allocated and freed all the time: segments, arenas, raw addresses.
 *
 * {@snippet :
 * try (DataHeap heap = DataHeap.create()) {
 *     try (Arena arena = heap.confinedArena()) { // in place of Arena.ofConfined()
 *         MemorySegment point = arena.allocate(16); // zero, as in every arena
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
 * <p><b>Threads.</b> All methods may be called by any thread. A thread that allocates and frees its own small blocks
 * takes no lock; {@link dev.ashlar} says which calls wait for each other.
 */
public final class DataHeap extends Heap implements SegmentAllocator {
    /** Bytes of the largest span: 1 TiB. */
    public static final long LARGEST_CAPACITY = 1L << 40;

    private final Segments segments;
    private final DataAddresses addresses;

    DataHeap(Zones zones) {
        super(zones, List.of());
        this.segments = new Segments(zones);
        this.addresses = new DataAddresses(space(), segments.zeroing());
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
     * Takes memory that lives until it is freed or the heap is closed. Any thread may use the segment. It belongs to
     * the heap, not to the block: after {@link #free} it still reaches the memory that was given back, which may hold
     * another block or no memory at all. The caller must not touch it then.
     *
     * @param byteSize bytes, 0 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link #LARGEST_ALIGNMENT}, rounded up to at least 16
     * @return the memory, all zero
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        return segments.allocate(byteSize, byteAlignment);
    }

    /**
     * Frees memory that {@link #allocate} gave out.
     *
     * @param segment the segment as it was given out, or a slice from its first byte on
     * @throws WrongAddressException if it is no such segment, or was freed before and its place not given out again
     * @throws HeapClosedException if the heap is closed
     */
    public void free(MemorySegment segment) {
        segments.free(Objects.requireNonNull(segment, "segment"));
    }

    /**
     * Opens an arena for the current thread, to be used in place of {@link Arena#ofConfined()}.
     *
     * @return the arena. Its memory is zero, its segments end with it, and it keeps the heap open until it is closed.
     *     It throws as the JDK's arenas do: {@link WrongThreadException} in other threads, {@link
     *     IllegalStateException} after it is closed; and {@link HeapExhaustedException} if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    public Arena confinedArena() {
        return segments.confinedArena();
    }

    /**
     * Opens an arena for all threads, to be used in place of {@link Arena#ofShared()}. Closing one takes tens of
     * microseconds, as with the JDK's, because every thread must confirm that it does not use one of its segments.
     *
     * @return the arena; as that of {@link #confinedArena()}, but for all threads
     * @throws HeapClosedException if the heap is closed
     */
    public Arena sharedArena() {
        return segments.sharedArena();
    }

    /** {@return the same heap by raw addresses} */
    public DataAddresses addresses() {
        zones().noteAddress();
        return addresses;
    }

    /**
     * Gives memory back to the system, as {@link #trim()} or further. Allocations wait for one region at a time.
     *
     * <p>With {@link TrimEffort#FREE_PAGES}, a later allocation in such a page asks the kernel for memory again. It
     * throws {@link HeapExhaustedException} if there is none. {@link #audit} shows the regions as not huge until all
     * their pages are back. A page of the hugetlb pool is a whole region, so none is given back. Linux before 5.14
     * cannot bring pages back in a safe way, so the heap keeps them there.
     *
     * @param effort what to give back
     * @return bytes given back
     * @throws HeapClosedException if the heap is closed
     */
    public long trim(TrimEffort effort) {
        return zones().trim(Objects.requireNonNull(effort, "effort"));
    }

    /**
     * Commits memory ahead, so that allocations find it ready: a first commit can take milliseconds.
     *
     * @param byteSize bytes of empty adjacent regions to have ready, and to keep ready when blocks are freed, until
     *     {@link #trim()}; rounded up to regions of 2 MiB
     * @throws IllegalArgumentException if the size is out of range
     * @throws HeapExhaustedException if the host gives no more, or the span has no such place; what was committed stays
     * @throws HeapClosedException if the heap is closed
     */
    public void precommit(long byteSize) {
        space().precommit(byteSize);
    }
}
