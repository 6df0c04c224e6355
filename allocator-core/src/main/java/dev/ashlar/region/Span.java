package dev.ashlar.region;

import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * One contiguous reservation of address space, in two views, and the segments through which Java sees it.
 *
 * <p>The segments belong to the span's own shared arena: after {@link #close()} every access through one of them, or
 * through a slice, throws. Closing waits for nobody: it fails while a downcall holds one of them.
 */
public final class Span implements AutoCloseable {
    /** The trap of x86-64, {@code int3}: one byte, so that a jump to any address lands on one. */
    private static final byte TRAP = (byte) 0xcc;

    /** A page of traps, small enough to stay in the first-level cache. */
    private static final MemorySegment TRAPS = Arena.global().allocate(4096).fill(TRAP).asReadOnly();

    private final Views views;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment writable;
    private final MemorySegment executable;

    @SuppressWarnings("restricted")
    private Span(Views views) {
        this.views = views;
        writable = MemorySegment.ofAddress(views.writableBase()).reinterpret(views.byteSize(), arena, null);
        executable = MemorySegment.ofAddress(views.executableBase())
                .reinterpret(views.byteSize(), arena, null)
                .asReadOnly();
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
     * Reserves a span.
     *
     * @param calls the boundary to the kernel
     * @param byteSize bytes of each view, a multiple of 2 MiB
     * @param nearAddress an address that code in the span must reach by rel32, or 0 for anywhere
     */
    public static Reservation reserve(SystemCalls calls, long byteSize, long nearAddress) {
        Placement placement = new Placement(calls);
        long executableBase = nearAddress == 0
                ? placement.reserveAnywhere(byteSize)
                : placement.reserveNear(nearAddress, byteSize);
        if (executableBase == 0) {
            return new NotReachable(nearAddress, byteSize);
        }
        if (Errno.isFailure(executableBase)) {
            return refused(executableBase, byteSize);
        }
        long writableBase = placement.reserveAnywhere(byteSize);
        if (Errno.isFailure(writableBase)) {
            calls.munmap(executableBase, byteSize);
            return refused(writableBase, byteSize);
        }
        return new Reserved(new Span(new Views(calls, executableBase, writableBase, byteSize)));
    }

    private static Refused refused(long result, long byteSize) {
        return new Refused(new Refusal(
                "reserve",
                "mmap(PROT_NONE, " + byteSize + ")",
                Errno.describe(result),
                "Ask for a smaller capacity, or raise the limit of address space (ulimit -v) of this process."));
    }

    /** Overwrites a range of committed memory with trapping instructions. */
    public void fillWithTraps(long offset, long byteSize) {
        // Copied, not MemorySegment.fill of a slice: a free must not allocate, compiled or not.
        for (long done = 0; done < byteSize; done += TRAPS.byteSize()) {
            MemorySegment.copy(TRAPS, 0, writable, offset + done, Math.min(TRAPS.byteSize(), byteSize - done));
        }
    }

    /** Reads a byte of committed memory that has just been filled with traps, in the view in which code runs. */
    void requireTrap(long offset) {
        byte found = executable.get(ValueLayout.JAVA_BYTE, offset);
        if (found != TRAP) {
            throw new IllegalStateException("the views differ: offset=" + offset + ", found=" + found);
        }
    }

    /** {@return the whole read+write view; only committed regions may be touched} */
    public MemorySegment writable() {
        return writable;
    }

    /** {@return the whole view in which code runs, read-only; only committed regions may be touched} */
    public MemorySegment executable() {
        return executable;
    }

    /** {@return the first address of the view in which code runs} */
    public long executableBase() {
        return views.executableBase();
    }

    /** {@return the first address of the view in which code is written} */
    public long writableBase() {
        return views.writableBase();
    }

    /** {@return bytes of each view} */
    public long byteSize() {
        return views.byteSize();
    }

    Views views() {
        return views;
    }

    /** {@return the address ranges of both views, the executable one first} */
    List<AddressRange> ranges() {
        return List.of(
                AddressRange.ofSize(views.executableBase(), views.byteSize()),
                AddressRange.ofSize(views.writableBase(), views.byteSize()));
    }

    /**
     * Ends the life of every segment and gives the address space back.
     *
     * @throws IllegalStateException if a downcall is inside one of the segments; then nothing has changed
     */
    @Override
    public void close() {
        arena.close();
        views.release();
    }
}
