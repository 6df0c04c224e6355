package dev.ashlar.heap;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What decides when blocks end: it takes them, makes the segments through which callers see them, and knows whether a
 * caller may free one alone.
 *
 * <p>Thread-safe.
 */
public abstract sealed class Lifetime permits Unmanaged, Grouped, Collected {
    /**
     * A call that writes or resizes blocks. It is no type of the JDK: tests let an Error follow each call of the JDK,
     * and none of the JVM's can follow this one, which has returned.
     */
    @FunctionalInterface
    public interface Call<T> {
        /** Makes the call. */
        T make();
    }

    final Zones zones;
    final Space first;
    /** The life of the segments that callers get. */
    final Arena arena;

    private final MemorySegment front;
    private final @Nullable MemorySegment writable;

    Lifetime(Zones zones, Space first, Arena arena) {
        this.zones = zones;
        this.first = first;
        this.arena = arena;
        this.front = handOut(first.zone().front());
        // In place, code is written to a buffer.
        boolean isWritable = first.zone().isWritable() && !first.zone().isPublishedInPlace();
        this.writable = isWritable ? handOut(first.zone().writing()) : null;
    }

    /** Makes every segment of the arena refer to this object, and so to the heap: an action is part of its arena. */
    @SuppressWarnings("restricted")
    final void keepReachable() {
        MemorySegment.NULL.reinterpret(arena, this::ended);
    }

    private void ended(MemorySegment nothing) {
        assert nothing.address() == 0 : "not the segment that keepReachable made";
    }

    @SuppressWarnings("restricted")
    private MemorySegment handOut(View view) {
        try {
            MemorySegment whole =
                    MemorySegment.ofAddress(view.base()).reinterpret(view.range().byteSize(), arena, null);
            return view.access() == Access.WRITE ? whole : whole.asReadOnly();
        } catch (IllegalStateException ended) {
            // Another thread ended these blocks since the caller looked.
            throw endedOr(ended);
        }
    }

    /** {@return what to throw after {@code failure}, which another thread's end of these blocks may have caused} */
    public final RuntimeException endedOr(IllegalStateException failure) {
        // This waits for a close of the heap.
        RuntimeException reason = first.closedOr(failure);
        requireOpen();
        return reason;
    }

    /** {@return the heap} */
    public final Zones zones() {
        return zones;
    }

    /** {@return the space of the heap's first zone, in which blocks of code lie} */
    public final Space first() {
        return first;
    }

    /** {@return the first zone as callers see it, for segments that they get} */
    public final MemorySegment front() {
        return front;
    }

    /** {@return the first zone for writing, for segments that callers get} */
    public final MemorySegment writable() {
        return Objects.requireNonNull(writable, "a view to write through");
    }

    /** {@return a zone as callers see it, for segments that they get: read-only if they hold what is published} */
    public final MemorySegment frontOf(Space space, Domain domain) {
        MemorySegment all = handOut(space.zone().front());
        return domain.isPublished() ? all.asReadOnly() : all;
    }

    /** {@return a zone for writing, for segments that callers get} */
    public final MemorySegment writableOf(Space space) {
        return handOut(space.zone().writing());
    }

    /** Throws if the heap is closed or damaged, or what ends these blocks has ended them. */
    public abstract void requireOpen();

    /**
     * Takes a block of the heap's first space, aligned to 16 bytes.
     *
     * @return its offset
     */
    public abstract long take(long byteSize);

    /**
     * Takes a block that an object holds.
     *
     * @return its offset
     */
    public abstract long take(Space space, long byteSize, long byteAlignment, Temperature temperature);

    /**
     * Frees a block that cannot be handed out. Pre: the current thread took it in this call of {@link #during}, or no
     * such call is needed.
     */
    public abstract void undo(Space space, long offset);

    /**
     * Makes this the lifetime of blocks that were taken otherwise: of all, or of none if it throws. Pre: as for
     * {@link #undo}.
     */
    public abstract void adopt(List<Piece> pieces);

    /** {@return whether a caller may free a block} */
    public abstract boolean isFreedByCaller();

    /** {@return what frees the blocks, for errors: as in {@code the close of the group}} */
    public abstract String freedBy();

    /** {@return the result of a call that writes or resizes blocks, during which none of them ends} */
    public abstract <T> T during(Call<T> call);

    /** {@return the code at {@code offset} in the first space, to link a handle to: each call keeps its arena open} */
    public MemorySegment target(long offset, long byteSize) {
        return front.asSlice(offset, byteSize);
    }

    /** {@return a handle that does the same as one of a {@link #target}, and keeps the heap's memory} */
    public MethodHandle keepingHeap(MethodHandle handle) {
        // It holds the target, which does.
        return handle;
    }

    /** {@return what ends the blocks, as in {@code group 1 of heap code}, for errors} */
    public abstract String name();
}
