package dev.ashlar;

import dev.ashlar.memory.Memory;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Region;
import dev.ashlar.region.Span;
import dev.ashlar.region.SpanRegions;
import dev.ashlar.region.View;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Eraser;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import dev.ashlar.stubs.CountingCalls;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the heaps and their fronts share: the span, the blocks in it, the lock for whatever touches regions, and the
 * checks that every call makes. Blocks are named by their offset in the span; callers know them by their address in its
 * first view, where code runs or data is read and written.
 */
final class HeapSpace {
    /** The largest alignment in bytes: a region. */
    static final long LARGEST_ALIGNMENT = Region.BYTE_SIZE;

    final String name;
    final Span span;
    final SpanRegions regions;
    final BlockStore blocks;
    final ReentrantLock lock = new ReentrantLock();
    private final CountingCalls calls;
    /** Null where there are no arenas: code. */
    private final @Nullable OpenArenas arenas;
    private final View front;
    private final long base;
    private final long capacityByteSize;
    private volatile boolean closed;

    private HeapSpace(
            String name,
            Span span,
            SpanRegions regions,
            CountingCalls calls,
            Eraser eraser,
            @Nullable OpenArenas arenas) {
        this.name = name;
        this.span = span;
        this.regions = regions;
        this.calls = calls;
        this.arenas = arenas;
        this.front = span.views().getFirst();
        this.base = front.base();
        this.capacityByteSize = span.byteSize();
        this.blocks = new BlockStore(regions, eraser, lock, regions::committedByteSize);
    }

    /** For code: what is freed is filled with trapping instructions before it can be used again. */
    static HeapSpace forCode(String name, Span span, SpanRegions regions, CountingCalls calls) {
        return new HeapSpace(name, span, regions, calls, span::fillWithTraps, null);
    }

    /** For data: what is freed keeps its contents until it is used again. */
    static HeapSpace forData(
            String name, Span span, SpanRegions regions, CountingCalls calls, OpenArenas arenas) {
        return new HeapSpace(name, span, regions, calls, Eraser.NONE, arenas);
    }

    /** Commits the first region and keeps it ready, so that a demand that the host cannot meet fails now. */
    void probe(Memory memory) {
        if (!blocks.precommit(1)) {
            BackingUnavailableException unavailable = BackingUnavailableException.of(memory, regions.refusals());
            close();
            throw unavailable;
        }
    }

    /** Takes a block. @return its offset */
    long take(long byteSize, long byteAlignment, Holder holder) {
        return take(byteSize, byteAlignment, Temperature.HOT, holder);
    }

    /** Takes a block, apart from those of another temperature where there is room. @return its offset */
    long take(long byteSize, long byteAlignment, Temperature temperature, Holder holder) {
        requireSize(byteSize);
        requireAlignment(byteAlignment);
        int log2Alignment = Long.numberOfTrailingZeros(Math.max(byteAlignment, BlockStore.MINIMUM_ALIGNMENT));
        requireOpen();
        try {
            long offset = blocks.allocate(byteSize, log2Alignment, temperature, holder);
            if (offset >= 0) {
                return offset;
            }
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
        requireOpen();
        throw exhausted(byteSize);
    }

    FreeResult free(long offset, Holder holder) {
        requireOpen();
        try {
            return blocks.free(offset, holder);
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    /** Frees the block that starts at an address and is held by it. */
    void freeAt(long address) {
        FreeResult result = free(contains(address) ? address - base : offsetOf("free", address), Holder.ADDRESS);
        if (result != FreeResult.DONE) {
            throw HeapErrors.wrong("free", address, result);
        }
    }

    FreeResult shrink(long offset, long byteSize, Holder holder) {
        requireOpen();
        try {
            return blocks.shrink(offset, byteSize, holder);
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    /** What to throw where an access failed because another thread is closing the heap, or has closed it. */
    RuntimeException closedOr(IllegalStateException failure) {
        // The lock waits for the close to be done.
        lock.lock();
        try {
            return closed ? HeapErrors.closed(name) : failure;
        } finally {
            lock.unlock();
        }
    }

    static void requireAlignment(long byteAlignment) {
        if (byteAlignment < 1 || byteAlignment > LARGEST_ALIGNMENT || Long.bitCount(byteAlignment) != 1) {
            throw HeapErrors.alignment(byteAlignment, LARGEST_ALIGNMENT);
        }
    }

    void requireSize(long byteSize) {
        if (byteSize < 1 || byteSize > capacityByteSize) {
            throw HeapErrors.size(byteSize, capacityByteSize);
        }
    }

    HeapExhaustedException exhausted(long byteSize) {
        lock.lock();
        try {
            // A refusal explains nothing where no region was there to be asked for, and an older one neither.
            List<Refusal> refusals = regions.takeFailure();
            int pageCount = Math.toIntExact(Math.ceilDiv(byteSize, HeapSnapshots.PAGE_BYTE_SIZE));
            boolean wasAsked = blocks.runs().hasPlaceFor(pageCount);
            return new HeapExhaustedException(
                    byteSize,
                    blocks.runs().largestFreePageCount() * HeapSnapshots.PAGE_BYTE_SIZE,
                    span.byteSize(),
                    regions.committedByteSize(),
                    regions.backingsInUse().toString(),
                    wasAsked ? refusals : List.of());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Orders what was written before whatever reference leads others here. On x86-64 instruction fetch is coherent with
     * stores by physical address, so no more is needed: docs/publishing.md.
     */
    static void makeCallable() {
        VarHandle.releaseFence();
    }

    /** {@return whether an address lies in the view by which callers know their blocks} */
    boolean contains(long address) {
        return Long.compareUnsigned(address - base, capacityByteSize) < 0;
    }

    /** {@return the offset of an address in the span} */
    long offsetOf(String action, long address) {
        requireOpen();
        if (!contains(address)) {
            throw HeapErrors.foreign(action, address, front.access());
        }
        return address - base;
    }

    /** {@return the offset of a live block that starts at an address and is held by it} */
    long startOf(String action, long address) {
        long offset = offsetOf(action, address);
        heldByteSize(action, address, offset);
        return offset;
    }

    /**
     * {@return the bytes of the live block that starts at an address, {@code offset} in the span, and is held by it}
     */
    long heldByteSize(String action, long address, long offset) {
        long byteSize = blocks.find(offset, Holder.ADDRESS);
        if (byteSize < 0) {
            FreeResult verdict = blocks.judge(offset, Holder.ADDRESS);
            // Another thread may have put a block there in between; when it was asked about, there was none.
            throw HeapErrors.wrong(action, address, verdict == FreeResult.DONE ? FreeResult.NOT_LIVE : verdict);
        }
        return byteSize;
    }

    static void requireSmaller(long byteSize, long usable) {
        if (byteSize < 1 || byteSize > usable) {
            throw HeapErrors.grow(byteSize, usable);
        }
    }

    /** {@return the bytes that a live block may use, however it is held, from its first address} */
    long usableByteSize(long address) {
        long offset = offsetOf("usableByteSize", address);
        long start = blocks.startOf(offset);
        if (start != offset) {
            FreeResult verdict = start < 0 ? FreeResult.NOT_LIVE : FreeResult.INTERIOR;
            throw HeapErrors.wrong("usableByteSize", address, verdict);
        }
        return blocks.usableByteSize(start);
    }

    /** {@return the first address of the live block that contains {@code address}, or 0 where none does} */
    long blockContaining(long address) {
        requireOpen();
        long start = contains(address) ? blocks.startOf(address - base) : -1;
        return start < 0 ? 0 : base + start;
    }

    /** Commits memory ahead, in regions side by side. */
    void precommit(long byteSize) {
        requireSize(byteSize);
        lock.lock();
        try {
            requireOpen();
            if (!blocks.precommit(Region.countFor(byteSize))) {
                throw exhausted(byteSize);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives the memory of every empty region back. @return its bytes */
    long trim() {
        requireOpen();
        try {
            return blocks.trim() * Region.BYTE_SIZE;
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    HeapStats stats() {
        return whileOpen(() -> HeapSnapshots.stats(this, calls.mprotectCount()));
    }

    HeapAudit audit() {
        return whileOpen(() -> HeapSnapshots.audit(this));
    }

    /** {@return what {@code reading} finds while nobody else changes pages or regions} */
    <T> T whileOpen(Supplier<T> reading) {
        lock.lock();
        try {
            requireOpen();
            return reading.get();
        } finally {
            lock.unlock();
        }
    }

    void requireOpen() {
        if (closed) {
            throw HeapErrors.closed(name);
        }
    }

    void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closeSpan();
            closed = true;
            regions.close();
        } finally {
            lock.unlock();
        }
    }

    private void closeSpan() {
        if (arenas != null && !arenas.shut()) {
            throw HeapErrors.arenasOpen(name);
        }
        try {
            span.close();
        } catch (IllegalStateException inUse) {
            if (arenas != null) {
                arenas.reopen();
            }
            throw HeapErrors.inUse(name, inUse);
        }
    }
}
