package dev.ashlar;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Region;
import dev.ashlar.region.View;
import dev.ashlar.region.Zone;
import dev.ashlar.region.ZoneRegions;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Eraser;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import dev.ashlar.stubs.CountingCalls;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the heaps and their fronts share: a zone, the blocks in it, the lock for whatever touches regions, and the
 * checks that every call makes. Blocks are named by their offset in the zone; callers know them by their address in its
 * front, where code runs or data is read and written.
 */
final class HeapSpace {
    /** The largest alignment in bytes: a region. */
    static final long LARGEST_ALIGNMENT = Region.BYTE_SIZE;

    final String name;
    final Zone zone;
    final ZoneRegions regions;
    final BlockStore blocks;
    final ReentrantLock lock = new ReentrantLock();
    /** Null where nothing is published by a change of permission. */
    final @Nullable InPlace inPlace;
    private final CountingCalls calls;
    private final View front;
    private final long base;
    private final long capacityByteSize;
    private volatile boolean closed;

    /** A space over a zone that has just been opened, with no region committed. */
    HeapSpace(String name, Zone zone, List<Backing> ladder, CountingCalls calls) {
        this.name = name;
        this.zone = zone;
        this.regions = new ZoneRegions(zone, ladder, calls, name);
        this.calls = calls;
        this.front = zone.front();
        this.base = front.base();
        this.capacityByteSize = zone.byteSize();
        this.inPlace = zone.isPublishedInPlace() ? new InPlace(this, ladder) : null;
        this.blocks = zone.domain() == Domain.SECRET
                ? new BlockStore(regions, this::clear, lock)
                : new BlockStore(regions, eraser(), lock, regions::committedByteSize);
    }

    /** Code that is freed is filled with trapping instructions before it can be used again; data keeps its contents. */
    private Eraser eraser() {
        if (zone.domain() != Domain.CODE) {
            return Eraser.NONE;
        }
        // A write that the kernel refuses leaves what was there: it is free all the same, and nothing leads to it.
        return inPlace != null ? inPlace::fillWithTraps : zone::fillWithTraps;
    }

    /** Secrets are zero as soon as they are freed; what no page was ever brought for is so already. */
    private void clear(long offset, long byteSize) {
        lock.lock();
        try {
            regions.clear(offset, byteSize);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has pages put behind a range that the caller holds, where a commit brings none.
     *
     * @throws HeapExhaustedException if the host gives none; some may have come
     */
    void populate(long offset, long byteSize) {
        lock.lock();
        try {
            requireOpen();
            if (!regions.populate(offset, byteSize)) {
                throw exhausted(byteSize, regions.takeFailure());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Commits the first region and keeps it ready. @return whether the host gave it */
    boolean probe() {
        return blocks.precommit(1);
    }

    /** Takes a block with the least alignment. @return its offset */
    long take(long byteSize, Holder holder) {
        requireSize(byteSize);
        requireOpen();
        // The way of most calls, short enough to be compiled into its callers.
        long parked = inPlace == null ? blocks.reuse(byteSize, holder) : -1;
        return parked >= 0 ? parked : take(byteSize, BlockStore.MINIMUM_ALIGNMENT, holder);
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
            long offset = inPlace == null
                    ? blocks.allocate(byteSize, log2Alignment, temperature, holder)
                    : inPlace.take(byteSize, log2Alignment, temperature, holder);
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
            return exhausted(byteSize, wasAsked ? refusals : List.of());
        } finally {
            lock.unlock();
        }
    }

    /** What to throw where the host refused what a block needs. Pre: the lock is held. */
    HeapExhaustedException exhausted(long byteSize, List<Refusal> refusals) {
        return new HeapExhaustedException(
                byteSize,
                blocks.runs().figures().largestFreePageCount() * HeapSnapshots.PAGE_BYTE_SIZE,
                zone.byteSize(),
                regions.committedByteSize(),
                regions.backingsInUse().toString(),
                refusals);
    }

    /**
     * Orders what was written before whatever reference leads others here. On x86-64 instruction fetch is coherent with
     * stores by physical address, so no more is needed: docs/publishing.md.
     */
    static void makeCallable() {
        VarHandle.releaseFence();
    }

    /**
     * Makes a block that was written callable: by an order of stores, or by a change of permission where it was written
     * in place.
     */
    void publish(long offset) {
        makeCallable();
        if (inPlace != null) {
            inPlace.publish(offset);
        }
    }

    /** Overwrites part of a block, by the zone's write path. */
    void write(String action, long offset, MemorySegment source, long sourceOffset, long byteSize) {
        if (inPlace != null) {
            inPlace.write(action, offset, source, sourceOffset, byteSize);
            return;
        }
        try {
            int result = zone.write(offset, source, sourceOffset, byteSize);
            if (result < 0) {
                throw WritePathException.pokeFailed(action, result);
            }
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    /** {@return whether an address lies in the view by which callers know their blocks} */
    boolean contains(long address) {
        return Long.compareUnsigned(address - base, capacityByteSize) < 0;
    }

    /** {@return the offset of an address in the zone} */
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

    /** {@return mprotect calls made since the heap was built, for any of its zones} */
    long mprotectCallCount() {
        return calls.mprotectCount();
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

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw HeapErrors.closed(name);
        }
    }

    /** Closes all spaces of a heap at once, by {@code closeSpan}; where that throws, nothing has changed. */
    static void close(List<HeapSpace> spaces, Runnable closeSpan) {
        if (spaces.isEmpty()) {
            closeSpan.run();
            return;
        }
        spaces.getFirst().closeWith(() -> close(spaces.subList(1, spaces.size()), closeSpan));
    }

    private void closeWith(Runnable closeOthers) {
        lock.lock();
        try {
            if (!closed) {
                if (inPlace != null) {
                    inPlace.stopCollapsing();
                }
                closeOthers.run();
                closed = true;
                regions.close();
            }
        } finally {
            if (inPlace != null && !closed) {
                inPlace.resumeCollapsing();
            }
            lock.unlock();
        }
    }
}
