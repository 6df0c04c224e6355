package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One contiguous stretch of memory to be, in one view of address space or in several, and the segments through which
 * Java sees it. Code has two views, data has one; a region lies at the same offset in each.
 *
 * <p>The segments belong to the span's own shared arena: after {@link #close()} every access through one of them, or
 * through a slice, throws. Closing waits for nobody: it fails while a downcall holds one of them.
 */
public final class Span implements AutoCloseable {
    /** The trap of x86-64, {@code int3}: one byte, so that a jump to any address lands on one. */
    private static final byte TRAP = (byte) 0xcc;

    /** A page of traps, small enough to stay in the first-level cache. */
    private static final MemorySegment TRAPS = Arena.global().allocate(4096).fill(TRAP).asReadOnly();

    private final long byteSize;
    private final Arena arena;
    private final List<View> views;
    private final @Nullable View executable;
    private final View writable;

    private Span(long byteSize, Arena arena, List<View> views) {
        this.byteSize = byteSize;
        this.arena = arena;
        this.views = List.copyOf(views);
        this.executable = find(Access.EXECUTE);
        this.writable = Objects.requireNonNull(find(Access.WRITE), "no view to write through");
    }

    private @Nullable View find(Access access) {
        return views.stream().filter(view -> view.access() == access).findFirst().orElse(null);
    }

    /** A span, or why there is none. */
    public sealed interface Reservation {}

    /** The address space was reserved. */
    public record Reserved(Span span) implements Reservation {}

    /** The kernel gave no address space. */
    public record Refused(Refusal refusal) implements Reservation {}

    /** No gap within reach of the address is large enough. */
    public record NotReachable(long address, long byteSize) implements Reservation {}

    /**
     * Reserves a span for code on the ALIAS write path: two views at unrelated addresses, one where code runs, one
     * where it is written.
     *
     * @param calls the boundary to the kernel
     * @param byteSize bytes of each view, a multiple of 2 MiB
     * @param nearAddress an address that code in the span must reach by rel32, or 0 for anywhere
     */
    public static Reservation reserve(SystemCalls calls, long byteSize, long nearAddress) {
        return reserve(calls, List.of(Access.EXECUTE, Access.WRITE), byteSize, nearAddress);
    }

    /**
     * Reserves a span for data: one view, to read and write through.
     *
     * @param calls the boundary to the kernel
     * @param byteSize bytes, a multiple of 2 MiB
     */
    public static Reservation reserveForData(SystemCalls calls, long byteSize) {
        return reserve(calls, List.of(Access.WRITE), byteSize, 0);
    }

    /** Reserves a view for each access, the first of them near an address. */
    private static Reservation reserve(SystemCalls calls, List<Access> accesses, long byteSize, long nearAddress) {
        Placement placement = new Placement(calls);
        List<Long> bases = new ArrayList<>();
        while (bases.size() < accesses.size()) {
            boolean near = nearAddress != 0 && bases.isEmpty();
            long base = near ? placement.reserveNear(nearAddress, byteSize) : placement.reserveAnywhere(byteSize);
            if (base == 0 || Errno.isFailure(base)) {
                bases.forEach(reserved -> View.release(calls, reserved, byteSize));
                return base == 0 ? new NotReachable(nearAddress, byteSize) : refused(base, byteSize);
            }
            bases.add(base);
        }
        Arena arena = Arena.ofShared();
        List<View> views = IntStream.range(0, bases.size())
                .mapToObj(index -> new View(calls, accesses.get(index), bases.get(index), byteSize, arena))
                .toList();
        return new Reserved(new Span(byteSize, arena, views));
    }

    private static Refused refused(long result, long byteSize) {
        return new Refused(new Refusal(
                "reserve",
                "mmap(PROT_NONE, " + byteSize + ")",
                Errno.describe(result),
                "Ask for a smaller capacity, or raise the limit of address space (ulimit -v) of this process."));
    }

    /** Overwrites a range of committed memory with trapping instructions. */
    public void fillWithTraps(long offset, long fillByteSize) {
        // Copied, not MemorySegment.fill of a slice: a free must not allocate, compiled or not.
        MemorySegment target = writable.segment();
        if (fillByteSize <= TRAPS.byteSize()) {
            MemorySegment.copy(TRAPS, 0, target, offset, fillByteSize);
            return;
        }
        for (long done = 0; done < fillByteSize; done += TRAPS.byteSize()) {
            MemorySegment.copy(TRAPS, 0, target, offset + done, Math.min(TRAPS.byteSize(), fillByteSize - done));
        }
    }

    /** Touches a region that has just been filled with traps where code runs; the fill must show there. */
    void requireTrap(int region) {
        byte found = view(Access.EXECUTE).touch(region);
        if (found != TRAP) {
            throw new IllegalStateException("the views differ: region=" + region + ", found=" + found);
        }
    }

    /** {@return the whole read+write view; only committed regions may be touched} */
    public MemorySegment writable() {
        return writable.segment();
    }

    /** {@return the whole view in which code runs, read-only; only committed regions may be touched} */
    public MemorySegment executable() {
        return view(Access.EXECUTE).segment();
    }

    /** {@return the first address of the view in which code runs} */
    public long executableBase() {
        return view(Access.EXECUTE).base();
    }

    /** {@return the first address of the read+write view} */
    public long writableBase() {
        return writable.base();
    }

    /** {@return bytes of each view} */
    public long byteSize() {
        return byteSize;
    }

    /** {@return all views; where there is one in which code runs, it is the first} */
    public List<View> views() {
        return views;
    }

    /** {@return whether code runs in this span} */
    boolean isExecutable() {
        return executable != null;
    }

    /**
     * {@return the view with this access}
     *
     * @throws IllegalStateException if the span has none
     */
    public View view(Access access) {
        View view = access == Access.EXECUTE ? executable : writable;
        if (view == null) {
            throw new IllegalStateException("a span for data has no view to execute in");
        }
        return view;
    }

    /** {@return the address ranges of all views} */
    List<AddressRange> ranges() {
        return views.stream().map(View::range).toList();
    }

    /**
     * Ends the life of every segment and gives the address space back.
     *
     * @throws IllegalStateException if a downcall is inside one of the segments; then nothing has changed
     */
    @Override
    public void close() {
        arena.close();
        views.forEach(View::release);
    }
}
