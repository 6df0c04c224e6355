package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.AddressRange;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a span that belongs to one domain: its views, and its write path. A region lies at the same offset in
 * each view. The first view, the front, lies in the span; its addresses are the ones that callers see.
 *
 * <table>
 * <caption>Views</caption>
 * <tr><th></th><th>ALIAS</th><th>POKE</th><th>IN_PLACE</th></tr>
 * <tr><td>code, read-only data</td><td>the front, and one elsewhere to write through</td><td>the front, written through
 * {@code /proc/self/mem}</td><td>the front, writable until published</td></tr>
 * <tr><td>data</td><td colspan="3">the front, writable</td></tr>
 * </table>
 */
public final class Zone {
    /**
     * The trap of x86-64, {@code hlt}: one byte, so that a jump to any address hits one. A process may not halt a core,
     * so it raises SIGSEGV, of which HotSpot writes an hs_err file. Of the SIGTRAP of {@code int3} it writes nothing,
     * and the second byte of {@code ud2} is the start of another instruction. On AArch64 the word is an unallocated
     * encoding (SIGILL, like {@code udf}), not {@code brk} (SIGTRAP).
     */
    static final byte TRAP = (byte) 0xf4;

    /** Traps to copy from, few enough to stay in the first-level cache. */
    private static final MemorySegment TRAPS = Arena.global().allocate(Pages.BYTE_SIZE).fill(TRAP).asReadOnly();

    private static final MemorySegment ZEROS = Arena.global().allocate(Pages.BYTE_SIZE).asReadOnly();

    private final Domain domain;
    private final WritePath path;
    private final List<WritePath> refusedPaths;
    private final Hardening hardening;
    private final Sharing sharing;
    private final long byteSize;
    private final List<View> views;
    /** The view to write through, or null if there is none. */
    private final @Nullable View writing;
    private final @Nullable Poke poke;

    /** Creates a zone of these views, the front first; exactly one of {@code writing} and {@code poke} is not null. */
    Zone(Span.Part part, List<View> views, @Nullable View writing, @Nullable Poke poke) {
        this.domain = part.domain();
        this.path = part.path();
        this.refusedPaths = part.refusedPaths();
        this.hardening = part.hardening();
        this.sharing = part.sharing();
        this.byteSize = part.byteSize();
        this.views = List.copyOf(views);
        this.writing = writing;
        this.poke = poke;
    }

    /**
     * Overwrites a range of committed memory that is open for writing.
     *
     * @return 0, or {@code -errno} if the kernel refused a write through {@code /proc/self/mem}
     */
    public int write(long offset, MemorySegment source, long sourceOffset, long writtenByteSize) {
        if (poke != null) {
            return poke.write(front().base() + offset, source, sourceOffset, writtenByteSize);
        }
        MemorySegment.copy(source, sourceOffset, writable(), offset, writtenByteSize);
        return 0;
    }

    /**
     * Overwrites a range of committed memory with trapping instructions.
     *
     * @return as {@link #write}
     */
    public int fillWithTraps(long offset, long fillByteSize) {
        if (poke != null) {
            return poke.fillWithTraps(front().base() + offset, fillByteSize);
        }
        fill(TRAPS, offset, fillByteSize);
        return 0;
    }

    /** Overwrites a range of writable memory with zeros. */
    void clear(long offset, long clearByteSize) {
        fill(ZEROS, offset, clearByteSize);
    }

    private void fill(MemorySegment pattern, long offset, long fillByteSize) {
        // Copies instead of filling a slice: a free must not create objects, compiled or not.
        MemorySegment target = writable();
        if (fillByteSize <= pattern.byteSize()) {
            MemorySegment.copy(pattern, 0, target, offset, fillByteSize);
            return;
        }
        for (long done = 0; done < fillByteSize; done += pattern.byteSize()) {
            MemorySegment.copy(pattern, 0, target, offset + done, Math.min(pattern.byteSize(), fillByteSize - done));
        }
    }

    /** Fills a caller's segment with trapping instructions, so that bytes which are not written later trap. */
    public static void fillWithTraps(MemorySegment target) {
        target.fill(TRAP);
    }

    /**
     * Touches the front of a region that has just been filled with traps, and checks that the traps are visible there.
     */
    void requireTrap(int region) {
        byte found = front().touch(region);
        if (found != TRAP) {
            throw new IllegalStateException("the views differ: region=" + region + ", found=" + found);
        }
    }

    /** {@return the domain of the zone} */
    public Domain domain() {
        return domain;
    }

    /** {@return the write path; meaningless for data} */
    public WritePath path() {
        return path;
    }

    /** {@return the write paths that the host refused when the heap was built} */
    public List<WritePath> refusedPaths() {
        return refusedPaths;
    }

    /** {@return how published memory is protected from the rest of the process} */
    public Hardening hardening() {
        return hardening;
    }

    /** {@return how the views share memory} */
    public Sharing sharing() {
        return sharing;
    }

    /** {@return mprotect calls for any view so far, including those that the kernel refused} */
    public long mprotectCallCount() {
        return views.stream().mapToLong(View::mprotectCallCount).sum();
    }

    /** {@return bytes of address space, in all views, that stay mapped until the process ends} */
    public long pinnedByteSize() {
        return views.stream()
                .flatMap(view -> view.pinned().stream())
                .mapToLong(AddressRange::byteSize)
                .sum();
    }

    /** {@return the view whose addresses callers see} */
    public View front() {
        return views.getFirst();
    }

    /** {@return whether there is a view to write through, always or until pages are published} */
    public boolean isWritable() {
        return writing != null;
    }

    /**
     * {@return the whole zone for writing; only committed regions that are writable now may be touched}
     *
     * @throws IllegalStateException if there is no view to write through
     */
    public MemorySegment writable() {
        return writing().writable();
    }

    /**
     * {@return the view to write through}
     *
     * @throws IllegalStateException if there is none
     */
    public View writing() {
        if (writing == null) {
            throw new IllegalStateException("a zone on the write path " + path + " has no view to write through");
        }
        return writing;
    }

    /** {@return the first address of the front} */
    public long base() {
        return front().base();
    }

    /** {@return the first address of the view to write through, or of the front if there is none} */
    public long writableBase() {
        return writing == null ? base() : writing.base();
    }

    /** {@return bytes of each view} */
    public long byteSize() {
        return byteSize;
    }

    /** {@return all views, the front first} */
    public List<View> views() {
        return views;
    }

    /** {@return whether code runs in the zone} */
    boolean isExecutable() {
        return front().access() == Access.EXECUTE;
    }

    /** {@return whether a permission change publishes pages} */
    public boolean isPublishedInPlace() {
        return front().isPublishedInPlace();
    }

    /** {@return the address ranges of all views} */
    public List<AddressRange> ranges() {
        return views.stream().map(View::range).toList();
    }
}
