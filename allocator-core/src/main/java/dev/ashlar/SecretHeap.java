package dev.ashlar;

import dev.ashlar.heap.Segments;
import dev.ashlar.heap.Zones;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WrongAddressException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.Objects;

/**
 * Memory for keys, passwords and other secrets, of memfd_secret(2): its pages are off the kernel's own map of memory.
 * So neither another process nor a kernel bug that reads from a wrong address can see them.
 *
 * {@snippet :
 * try (SecretHeap heap = SecretHeap.create()) {
 *     MemorySegment key = heap.allocate(32); // zero
 *     fillFrom(channel, key);
 *     heap.free(key); // zero again when this returns
 * }
 * }
 *
 * <p><b>Pooled.</b> Small secrets share pages and regions of 2 MiB: a hundred keys take one mapping and a few pages out
 * of the kernel's map, not a mapping and a page each.
 *
 * <p><b>Zeroed.</b> A block is overwritten with zeros before {@link #free} or the close of its arena returns, in
 * whatever thread; the kernel clears the pages that go back to the system. The heap does not know of copies in Java
 * arrays, on stacks and in registers.
 *
 * <p><b>Never</b> executable, in huge pages, in swap, in a core dump, or in a forked child. The kernel can read and
 * write the pages only in a call that this process makes with their address, such as read(2) into a buffer. It cannot
 * if it would have to find the page itself: O_DIRECT, process_vm_readv(2), ptrace(2), {@code /proc/PID/mem}. A host
 * with a secret heap cannot hibernate.
 *
 * <p><b>Limits.</b> Secret memory is locked memory: each region counts against RLIMIT_MEMLOCK ({@code ulimit -l}),
 * unless the process has CAP_IPC_LOCK. If the limit refuses memory, the exception names it.
 *
 * <p><b>Threads.</b> All methods may be called by any thread; all take a lock.
 */
public final class SecretHeap extends Heap implements SegmentAllocator {
    /** Bytes of the largest span: 64 GiB. */
    public static final long LARGEST_CAPACITY = 1L << 36;

    private final Segments segments;

    SecretHeap(Zones zones) {
        super(zones, List.of());
        this.segments = new Segments(zones);
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
     * Takes memory that lives until it is freed or the heap is closed. Any thread may use the segment. It belongs to
     * the heap, not to the block: after {@link #free} it still reaches the memory that was given back, which may hold
     * another block or no memory at all. The caller must not touch it then.
     *
     * @param byteSize bytes, 0 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link #LARGEST_ALIGNMENT}, rounded up to at least 16
     * @return the memory, all zero
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room, or the host gives no more secret memory
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        return segments.allocate(byteSize, byteAlignment);
    }

    /**
     * Frees memory that {@link #allocate} gave out. It is zero when this method returns.
     *
     * @param segment the segment as it was given out, or a slice from its first byte on
     * @throws WrongAddressException if it is no such segment, or was freed before and its place not given out again
     * @throws HeapClosedException if the heap is closed
     */
    public void free(MemorySegment segment) {
        segments.free(Objects.requireNonNull(segment, "segment"));
    }

    /**
     * Opens an arena for the current thread.
     *
     * @return the arena, as that of {@link DataHeap#confinedArena()}; its memory is zero again when it is closed
     * @throws HeapClosedException if the heap is closed
     */
    public Arena confinedArena() {
        return segments.confinedArena();
    }

    /**
     * Opens an arena for all threads.
     *
     * @return the arena, as that of {@link DataHeap#sharedArena()}; its memory is zero again when it is closed
     * @throws HeapClosedException if the heap is closed
     */
    public Arena sharedArena() {
        return segments.sharedArena();
    }
}
