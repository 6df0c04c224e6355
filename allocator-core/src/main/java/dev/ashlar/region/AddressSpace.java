package dev.ashlar.region;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Leftovers;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The address space of one span: reserved in pieces, given back at once. Until a heap keeps it, the garbage collector
 * gives it back if an Error keeps the span from being built.
 *
 * <p>Not thread-safe.
 */
final class AddressSpace {
    private final Held held;

    AddressSpace(SystemCalls calls) {
        this.held = new Held(calls);
        Leftovers.watch(this, held::giveBackUnlessKept);
    }

    /** What the collector needs. */
    private static final class Held {
        private final SystemCalls calls;
        private final List<AddressRange> ranges = new ArrayList<>();
        /** What was reserved last and is no range yet, or 0. */
        private long base;

        private long byteSize;
        private boolean isKept;
        /** What {@link #release} gives back, or null before it is known. */
        private @Nullable List<AddressRange> owed;

        private int releasedCount;

        private Held(SystemCalls calls) {
            this.calls = calls;
        }

        private void giveBackUnlessKept() {
            if (!isKept) {
                if (base > 0) {
                    View.release(calls, base, byteSize);
                }
                release(owed == null ? ranges : owed);
            }
        }

        private void release(List<AddressRange> all) {
            while (releasedCount < all.size()) {
                AddressRange range = all.get(releasedCount);
                View.release(calls, range.start(), range.byteSize());
                releasedCount++;
            }
        }
    }

    /**
     * Reserves a piece, which is pending until {@link #add} or {@link #unmap}.
     *
     * @return its address, or {@code -errno}
     */
    long reserve(long address, long byteSize, int flags) {
        held.byteSize = byteSize;
        held.base = View.reserve(held.calls, address, byteSize, flags);
        return held.base;
    }

    /** Gives the pending piece back. */
    void unmap() {
        long base = held.base;
        held.base = 0;
        held.calls.munmap(base, held.byteSize);
    }

    /** Gives the ends of the pending piece back. */
    void cut(long newBase, long newByteSize) {
        long base = held.base;
        long end = base + held.byteSize;
        held.base = newBase;
        held.byteSize = newByteSize;
        if (newBase > base) {
            held.calls.munmap(base, newBase - base);
        }
        if (end > newBase + newByteSize) {
            held.calls.munmap(newBase + newByteSize, end - newBase - newByteSize);
        }
    }

    /** Makes the pending piece a range of this space. */
    void add() {
        held.ranges.add(AddressRange.ofSize(held.base, held.byteSize));
        held.base = 0;
    }

    /** {@return all ranges, in the order in which they were added} */
    List<AddressRange> ranges() {
        return List.copyOf(held.ranges);
    }

    /** From now on only {@link #release} gives the ranges back. */
    void keep() {
        held.isKept = true;
    }

    /** {@return whether {@link #owe} was called} */
    boolean isOwed() {
        return held.owed != null;
    }

    /** Says what {@link #release} gives back. */
    void owe(List<AddressRange> owed) {
        held.owed = owed;
    }

    /** Gives back what is owed. If an Error cuts this short, the next call goes on. */
    void release() {
        List<AddressRange> owed = held.owed;
        if (owed != null) {
            held.release(owed);
        }
    }
}
