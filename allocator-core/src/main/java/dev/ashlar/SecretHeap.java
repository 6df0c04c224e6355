package dev.ashlar;

import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.SecretHeapReport;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Memory for keys, passwords and the like, of memfd_secret(2): its pages are off the kernel's own map of memory, so
 * that neither another process nor a bug of the kernel that reads where it should not can see them.
 *
 * {@snippet :
 * try (SecretHeap heap = SecretHeap.create()) {
 *     MemorySegment key = heap.allocate(32); // zero
 *     fillFrom(channel, key);
 *     heap.free(key); // zero again when this returns
 * }
 * }
 *
 * <p><b>Pooled.</b> Small secrets share pages and regions of 2 MiB: a hundred keys take one mapping and a few pages
 * out of the kernel's map, not a mapping and a page each.
 *
 * <p><b>Zeroed.</b> A block is overwritten with zeros before {@link #free} or the close of its arena returns, whichever
 * thread calls; pages that go back to the system are cleared by the kernel. Copies in Java arrays, on stacks and in
 * registers are the caller's affair.
 *
 * <p><b>Never</b> executable, in huge pages, in swap, in a core dump, or in a forked child. The kernel can read and
 * write them only in a call that this process makes with their address, as read(2) into a buffer; not where it would
 * have to find the page itself: O_DIRECT, process_vm_readv(2), ptrace(2), {@code /proc/PID/mem}. A host with a
 * secret heap cannot hibernate.
 *
 * <p><b>Limits.</b> Secret memory is locked memory: each region counts against RLIMIT_MEMLOCK ({@code ulimit -l}),
 * unless the process has CAP_IPC_LOCK. What the limit refuses ends in an exception that names it.
 *
 * <p><b>Wrong use</b> throws and changes nothing.
 *
 * <p><b>Threads.</b> All methods may be called by any thread; all take a lock.
 */
public final class SecretHeap implements SegmentAllocator, AutoCloseable {
    /** Bytes of the largest span: 64 GiB. */
    public static final long LARGEST_CAPACITY = 1L << 36;

    /** The largest alignment in bytes: 2 MiB. */
    public static final long LARGEST_ALIGNMENT = HeapSpace.LARGEST_ALIGNMENT;

    private final HeapZones zones;
    private final HeapSpace space;
    private final Zeroing zeroing;
    private final OpenArenas arenas = new OpenArenas();
    private final MemorySegment writable;

    SecretHeap(HeapZones zones) {
        this.zones = zones;
        this.space = zones.first();
        this.zeroing = new SecretZeroing(space);
        this.writable = space.zone.writable();
    }

    /** {@return a heap of 1 GiB; see {@link SecretHeapBuilder#build()}} */
    public static SecretHeap create() {
        return builder().build();
    }

    /** {@return a builder with the defaults of {@link #create()}} */
    public static SecretHeapBuilder builder() {
        return new SecretHeapBuilder();
    }

    /**
     * Takes memory that lives until it is freed or the heap is closed. The segment may be used by any thread. It
     * belongs to the heap, not to the block: not to touch it after {@link #free} is the caller's promise.
     *
     * @param byteSize bytes, 0 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link #LARGEST_ALIGNMENT}; 16 bytes at least are kept to
     * @return the memory, all zero
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room, or the host gives no more secret memory
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
     * Frees memory that {@link #allocate} gave out. It is zero when this returns.
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
     * Opens an arena for the current thread.
     *
     * @return the arena, as that of {@link DataHeap#confinedArena()}; its memory is zero again when it is closed
     * @throws HeapClosedException if the heap is closed
     */
    public Arena confinedArena() {
        return new ConfinedHeapArena(space, zeroing, arenas);
    }

    /**
     * Opens an arena for all threads.
     *
     * @return the arena, as that of {@link DataHeap#sharedArena()}; its memory is zero again when it is closed
     * @throws HeapClosedException if the heap is closed
     */
    public Arena sharedArena() {
        return new SharedHeapArena(space, zeroing, arenas);
    }

    /**
     * Gives the memory of every empty region back to the system, and its pages to the kernel's map.
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
     * {@return what the host gave and refused so far}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public SecretHeapReport report() {
        return space.whileOpen(() -> new SecretHeapReport(
                space.name,
                space.regions.refusals(),
                space.zone.base(),
                space.zone.byteSize(),
                space.regions.committedByteSize(),
                space.regions.hiddenByteSize()));
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

    /** {@return the heap's name, as in errors} */
    public String name() {
        return space.name;
    }

    /**
     * Gives back all that was reserved, live blocks included; the kernel clears the pages. Afterwards every call on the
     * heap that needs memory or its state throws, and so does every access through a segment it handed out. Closing
     * again does nothing.
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
