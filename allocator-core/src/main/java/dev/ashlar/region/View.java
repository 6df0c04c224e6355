package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;

/**
 * A reserved range of addresses at which a zone's memory is visible, and its permissions. A region is a {@code
 * PROT_NONE} hole or mapped. If the zone is written in place, a page starts writable and gets its final permissions
 * when it is published; in every other view permissions never change.
 *
 * <p>A hole is an anonymous mapping without permissions, so that no other mmap can land there and every touch faults.
 */
public final class View {
    private static final int COLLAPSE_ATTEMPT_COUNT = 8;
    private static final int HOLE = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE;

    private final SystemCalls calls;
    private final Access access;
    private final Access initial;
    private final long base;
    private final long byteSize;
    private final MemorySegment whole;
    private final MemorySegment segment;
    /** What the last touch read. The store keeps the JIT from removing the read. */
    @SuppressWarnings("UnusedVariable")
    private byte touched;
    private final BitSet pinned = new BitSet();
    private long mprotectCallCount;

    /**
     * Creates a view of reserved addresses; {@code base} and {@code byteSize} are multiples of 2 MiB.
     *
     * @param access permissions of what is published
     * @param initial permissions of what has just been committed
     */
    @SuppressWarnings("restricted")
    View(SystemCalls calls, Access access, Access initial, long base, long byteSize, Arena arena) {
        this.calls = calls;
        this.access = access;
        this.initial = initial;
        this.base = base;
        this.byteSize = byteSize;
        this.whole = MemorySegment.ofAddress(base).reinterpret(byteSize, arena, null);
        this.segment = access == Access.WRITE ? whole : whole.asReadOnly();
    }

    /** Maps a hole; {@code flags} decides whether it may replace what is mapped. */
    static long reserve(SystemCalls calls, long address, long byteSize, int flags) {
        return calls.mmap(address, byteSize, Linux.PROT_NONE, HOLE | flags, -1, 0);
    }

    /** Gives reserved address space back, with every mapping in it. */
    static void release(SystemCalls calls, long base, long byteSize) {
        if (calls.munmap(base, byteSize) < 0) {
            // ENOMEM: the kernel had merged an end of the span with a neighbour, and no VMA is left to cut it off. One
            // hole from end to end gives back the memory and the VMAs needed to try again.
            reserve(calls, base, byteSize, Linux.MAP_FIXED);
            calls.munmap(base, byteSize);
        }
    }

    /** {@return the permissions of what is published} */
    public Access access() {
        return access;
    }

    /** {@return the permissions of what has just been committed} */
    public Access initial() {
        return initial;
    }

    /** {@return whether a permission change publishes pages here} */
    public boolean isPublishedInPlace() {
        return access != initial;
    }

    /** {@return the first address} */
    public long base() {
        return base;
    }

    /** {@return the addresses} */
    public AddressRange range() {
        return AddressRange.ofSize(base, byteSize);
    }

    /** {@return the whole view, read-only unless it is a view for writing; only committed regions may be touched} */
    public MemorySegment segment() {
        return segment;
    }

    /** {@return the whole view for writing; only pages that are writable now may be written} */
    MemorySegment writable() {
        if (initial != Access.WRITE) {
            throw new IllegalStateException("nothing is ever written through the view: " + access);
        }
        return whole;
    }

    /**
     * Maps 2 MiB of a file as a region.
     *
     * @return 0 or {@code -errno}
     */
    int map(MemoryFile file, long fileOffset, int region) {
        return map(region, Linux.MAP_SHARED, file.fd(), fileOffset);
    }

    /**
     * Moves a mapping of a region's size from elsewhere into a region.
     *
     * @return 0 or {@code -errno}; then the mapping has not moved, and the region is a hole
     */
    int moveIn(long from, int region) {
        return remap(from, Region.BYTE_SIZE, region);
    }

    /** mremap(2) into a region; with 0 bytes the old mapping stays. */
    private int remap(long from, long oldByteSize, int region) {
        long moved = calls.mremap(
                from, oldByteSize, Region.BYTE_SIZE, Linux.MREMAP_MAYMOVE | Linux.MREMAP_FIXED, addressOf(region));
        if (!Errno.isFailure(moved)) {
            return 0;
        }
        // The kernel may have removed the hole before it failed.
        unmap(region);
        return (int) moved;
    }

    /**
     * Maps zeroed memory that {@link #showAgain} can map once more.
     *
     * @return 0 or {@code -errno}
     */
    int mapShared(int region) {
        return map(region, Linux.MAP_SHARED | Linux.MAP_ANONYMOUS, -1, 0);
    }

    /**
     * Maps the shared memory of a region of another view here too, with the permissions and the advice that it has
     * there.
     *
     * @return 0 or {@code -errno}; then the region is a hole
     */
    int showAgain(View other, int region) {
        return remap(other.addressOf(region), 0, region);
    }

    /**
     * Maps private zeroed memory.
     *
     * @return 0 or {@code -errno}
     */
    int mapAnonymous(int region) {
        return map(region, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
    }

    private int map(int region, int flags, int fd, long fileOffset) {
        long mapped = calls.mmap(
                addressOf(region), Region.BYTE_SIZE, protection(initial), flags | Linux.MAP_FIXED, fd, fileOffset);
        return Errno.isFailure(mapped) ? (int) mapped : 0;
    }

    /**
     * mprotect(2) of whole pages.
     *
     * @return 0 or {@code -errno}
     */
    int protect(long offset, long protectedByteSize, Access wanted) {
        mprotectCallCount++;
        return calls.mprotect(base + offset, protectedByteSize, protection(wanted));
    }

    /**
     * {@return mprotect calls so far, including those that the kernel refused; nothing else in core makes such calls}
     */
    long mprotectCallCount() {
        return mprotectCallCount;
    }

    private static int protection(Access access) {
        return switch (access) {
            case EXECUTE -> Linux.PROT_READ | Linux.PROT_EXEC;
            case READ -> Linux.PROT_READ;
            case WRITE -> Linux.PROT_READ | Linux.PROT_WRITE;
        };
    }

    /**
     * Makes a region a hole.
     *
     * @return 0 or {@code -errno}
     */
    int unmap(int region) {
        long result = reserve(calls, addressOf(region), Region.BYTE_SIZE, Linux.MAP_FIXED);
        return Errno.isFailure(result) ? (int) result : 0;
    }

    /**
     * Seals a region by mseal(2): until the process ends, it cannot be unmapped, mapped over, moved or change its
     * permissions.
     *
     * @return 0 or {@code -errno}
     */
    int pin(int region) {
        int result = calls.mseal(addressOf(region), Region.BYTE_SIZE);
        if (result == 0) {
            pinned.set(region);
        }
        return result;
    }

    /** {@return whether {@link #pin} succeeded for the region} */
    boolean isPinned(int region) {
        return pinned.get(region);
    }

    /** {@return the addresses of the pinned regions, in ascending order} */
    List<AddressRange> pinned() {
        return pinned.stream()
                .mapToObj(region -> AddressRange.ofSize(addressOf(region), Region.BYTE_SIZE))
                .toList();
    }

    /**
     * madvise(2) of a region.
     *
     * @return 0 or {@code -errno}
     */
    int advise(int region, int advice) {
        return advise(Region.offsetOf(region), Region.BYTE_SIZE, advice);
    }

    /**
     * madvise(2) of whole pages.
     *
     * @return 0 or {@code -errno}
     */
    int advise(long offset, long advisedByteSize, int advice) {
        return calls.madvise(base + offset, advisedByteSize, advice);
    }

    /**
     * Has the kernel map the region by one huge page, or confirm that it does.
     *
     * <p>Pre: the region was touched through this view. Linux up to 6.12 at least refuses a view that has no page table
     * there yet with EINVAL.
     *
     * @return 0 or {@code -errno}
     */
    int collapse(int region) {
        int result = -Errno.EAGAIN;
        // madvise(2): EAGAIN means that a page was in use for a moment.
        for (int attempt = 0; attempt < COLLAPSE_ATTEMPT_COUNT && result == -Errno.EAGAIN; attempt++) {
            result = advise(region, Linux.MADV_COLLAPSE);
        }
        return result;
    }

    /**
     * Reads the first byte of a committed region, which maps its first page.
     *
     * @return the byte
     */
    byte touch(int region) {
        byte found = segment.get(ValueLayout.JAVA_BYTE, Region.offsetOf(region));
        // The JIT would remove a read whose result is unused.
        touched = found;
        return found;
    }

    private long addressOf(int region) {
        return base + Region.offsetOf(region);
    }
}
