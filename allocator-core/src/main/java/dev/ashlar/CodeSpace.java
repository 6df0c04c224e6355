package dev.ashlar;

import dev.ashlar.memory.Refusal;
import dev.ashlar.region.Region;
import dev.ashlar.region.Span;
import dev.ashlar.region.SpanRegions;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a heap's two fronts share: the span, the blocks in it, the lock for whatever touches regions, and the checks
 * that every call makes.
 */
final class CodeSpace {
    /** The largest alignment in bytes: a region. */
    static final long LARGEST_ALIGNMENT = Region.BYTE_SIZE;

    final String name;
    final Span span;
    final SpanRegions regions;
    final BlockStore blocks;
    final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;

    CodeSpace(String name, Span span, SpanRegions regions) {
        this.name = name;
        this.span = span;
        this.regions = regions;
        this.blocks = new BlockStore(regions, span::fillWithTraps, lock, regions::committedByteSize);
    }

    /** Takes a block. @return its offset */
    long take(long byteSize, long byteAlignment, Holder holder) {
        requireSize(byteSize);
        if (byteAlignment < 1 || byteAlignment > LARGEST_ALIGNMENT || Long.bitCount(byteAlignment) != 1) {
            throw HeapErrors.alignment(byteAlignment, LARGEST_ALIGNMENT);
        }
        int log2Alignment = Long.numberOfTrailingZeros(Math.max(byteAlignment, BlockStore.MINIMUM_ALIGNMENT));
        requireOpen();
        try {
            long offset = blocks.allocate(byteSize, log2Alignment, holder);
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

    void requireSize(long byteSize) {
        if (byteSize < 1 || byteSize > span.byteSize()) {
            throw HeapErrors.size(byteSize, span.byteSize());
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

    /** {@return whether an address lies in the view in which code runs} */
    boolean contains(long address) {
        long offset = address - span.executableBase();
        return offset >= 0 && offset < span.byteSize();
    }

    /** {@return the offset of an address in the span} */
    long offsetOf(String action, long address) {
        requireOpen();
        if (!contains(address)) {
            throw HeapErrors.foreign(action, address);
        }
        return address - span.executableBase();
    }

    /** {@return the offset of a live block that starts at an address and is held by it} */
    long startOf(String action, long address) {
        long offset = offsetOf(action, address);
        FreeResult verdict = blocks.judge(offset, Holder.ADDRESS);
        if (verdict != FreeResult.DONE) {
            throw HeapErrors.wrong(action, address, verdict);
        }
        return offset;
    }

    static void requireSmaller(long byteSize, long usable) {
        if (byteSize < 1 || byteSize > usable) {
            throw HeapErrors.grow(byteSize, usable);
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
            try {
                span.close();
            } catch (IllegalStateException inUse) {
                throw HeapErrors.inUse(name, inUse);
            }
            closed = true;
            regions.close();
        } finally {
            lock.unlock();
        }
    }
}
