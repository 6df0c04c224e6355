package dev.ashlar.heap;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Temperature;
import dev.ashlar.recording.Recordings;
import dev.ashlar.region.Health;
import dev.ashlar.region.Pages;
import dev.ashlar.region.Region;
import dev.ashlar.region.Zone;
import dev.ashlar.region.ZoneRegions;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one zone, with the checks that every call of a heap needs: size, open, address. A block is named by its
 * offset in the zone; callers know it by its address in the zone's front view, where code runs and data is used.
 *
 * <p>Thread-safe.
 */
public final class Space extends OpenZone {
    private static final int LOG2_MINIMUM_ALIGNMENT = Integer.numberOfTrailingZeros(BlockStore.MINIMUM_ALIGNMENT);

    /** What may free memory if there is none. */
    private final Collection collection;

    private final Publishing publishing;
    private final Preparer preparer;
    final long base;
    private final long capacityByteSize;
    private final boolean isStaged;
    private @Nullable Observers observers;

    /** Makes a space over a zone that was just opened and has no committed region. */
    Space(
            String heapName, Zone zone, List<Backing> ladder, SystemCalls calls, Health health,
            Collection collection) {
        Object lock = new Object();
        ZoneRegions regions = new ZoneRegions(zone, ladder, calls, heapName);
        super(heapName, zone, regions, Erasing.storeOf(zone, regions, lock, health), lock, health);
        this.collection = collection;
        this.publishing = publishingOf(this, ladder);
        this.preparer = new Preparer(this);
        regions.whenGrown(preparer::wake);
        this.base = zone.base();
        this.capacityByteSize = zone.byteSize();
        this.isStaged = publishing.isStaged();
    }

    private static Publishing publishingOf(OpenZone open, List<Backing> ladder) {
        if (open.zone.isPublishedInPlace()) {
            return new InPlace(open, ladder);
        }
        return open.zone.isWritable() ? new Aliased(open) : new Poked(open);
    }

    /** {@return the write path at work} */
    Publishing publishing() {
        return publishing;
    }

    /** {@return the first address of the zone} */
    public long base() {
        return base;
    }

    /** {@return whether callers write to a buffer, because a block cannot be written where the heap hands it out} */
    public boolean isStaged() {
        return isStaged;
    }

    void observe(@Nullable Observers recorder) {
        observers = recorder;
    }

    @Nullable Observers observers() {
        return observers;
    }

    /** Has every allocation commit the regions that it needs. */
    void withoutPreparedRegions() {
        preparer.turnOff();
    }

    /**
     * Commits the first region and keeps it ready.
     *
     * @return whether the host gave it
     */
    boolean probe() {
        return blocks.precommit(1);
    }

    /**
     * Takes a block aligned to 16 bytes.
     *
     * @return its offset
     */
    public long take(long byteSize, Holder holder) {
        requireOpen();
        if (observers != null) {
            return takeObserved(observers, byteSize, LOG2_MINIMUM_ALIGNMENT, Temperature.HOT, holder);
        }
        // The fast path: short enough to be compiled into its callers. It serves no size that is out of range.
        long parked = blocks.reuse(byteSize, holder);
        return parked >= 0 ? parked : takeUnparked(byteSize, LOG2_MINIMUM_ALIGNMENT, Temperature.HOT, holder);
    }

    /**
     * Takes an aligned block.
     *
     * @return its offset
     */
    public long take(long byteSize, long byteAlignment, Holder holder) {
        return take(byteSize, byteAlignment, Temperature.HOT, holder);
    }

    /**
     * Takes an aligned block, apart from blocks of another temperature if there is room.
     *
     * @return its offset
     */
    public long take(long byteSize, long byteAlignment, Temperature temperature, Holder holder) {
        Arguments.requireAlignment(byteAlignment);
        if (byteAlignment <= BlockStore.MINIMUM_ALIGNMENT && temperature == Temperature.HOT) {
            return take(byteSize, holder);
        }
        requireOpen();
        int log2Alignment = Math.max(Long.numberOfTrailingZeros(byteAlignment), LOG2_MINIMUM_ALIGNMENT);
        return observers != null
                ? takeObserved(observers, byteSize, log2Alignment, temperature, holder)
                : takeUnparked(byteSize, log2Alignment, temperature, holder);
    }

    /** Takes a block and has it recorded, if that can be done. */
    private long takeObserved(
            Observers recorder, long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        boolean isUsual = log2Alignment == LOG2_MINIMUM_ALIGNMENT && temperature == Temperature.HOT;
        long parked = isUsual ? blocks.reuse(byteSize, holder) : -1;
        long offset = parked >= 0 ? parked : takeUnparked(byteSize, log2Alignment, temperature, holder);
        try {
            recorder.taken(zone.domain(), base + offset, byteSize);
        } catch (Throwable unrecorded) {
            recorder.isIncomplete = true;
        }
        return offset;
    }

    /** Checks the size and the alignment of a block that is taken by parts. */
    public void requireSizeAndAlignment(long byteSize, long byteAlignment) {
        requireSize(byteSize);
        Arguments.requireAlignment(byteAlignment);
    }

    private void requireSize(long byteSize) {
        Arguments.requireSize(byteSize, capacityByteSize, zone.domain(), heapName);
    }

    private long takeUnparked(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        requireSize(byteSize);
        Collection.Request request = null;
        while (true) {
            long offset;
            try {
                offset = publishing.take(byteSize, log2Alignment, temperature, holder);
            } catch (IllegalStateException e) {
                throw closedOr(e);
            }
            if (offset >= 0) {
                return offset;
            }
            requireOpen();
            request = request == null ? requestToCollector() : request;
            if (!request.awaitNext()) {
                throw exhausted(byteSize);
            }
        }
    }

    /** {@return a wait for code that the garbage collector frees} */
    Collection.Request requestToCollector() {
        return collection.new Request();
    }

    /** Frees the block that starts at {@code offset}, if a live one does. */
    FreeResult free(long offset, Holder holder) {
        requireOpen();
        if (observers != null) {
            observers.freed(blocks, base, offset, holder);
        }
        return freeUnobserved(offset, holder);
    }

    private FreeResult freeUnobserved(long offset, Holder holder) {
        try {
            return blocks.free(offset, holder);
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    /** Frees a block that could not be handed out. If that fails, too, the heap is damaged. */
    public void undo(long offset, Holder holder) {
        if (!isOpen()) {
            return; // Of a damaged heap it is unknown which pages can be written.
        }
        try {
            if (observers != null) {
                observers.freed(blocks, base, offset, holder);
            }
        } catch (Throwable unrecorded) {
            // The reason may be that the stack is full: what follows is few calls deep.
        }
        try {
            blocks.freeLater(offset, holder);
        } catch (Throwable e) {
            health.end = e;
        }
    }

    /** {@return whether a live block that an object holds starts at {@code offset}} */
    public boolean isLive(long offset) {
        return blocks.judge(offset, Holder.OBJECT) == FreeResult.DONE;
    }

    /** Frees a block that an object holds. Pre: it is live, and the caller has checked that the heap is open. */
    public void release(long offset) {
        if (observers != null) {
            observers.released(blocks, base, offset);
        }
        FreeResult result = freeUnobserved(offset, Holder.OBJECT);
        assert result == FreeResult.DONE : result + " offset=" + offset;
    }

    /** Frees the block that starts at an address and is held by it. */
    public void freeAt(long address) {
        FreeResult result = free(contains(address) ? address - base : offsetOf("free", address), Holder.ADDRESS);
        if (result != FreeResult.DONE) {
            throw wrongAddress("free", address, result);
        }
    }

    /** Frees the block that starts at an address and that a segment holds. */
    void freeSegment(long address, long offset) {
        FreeResult result = free(offset, Holder.OBJECT);
        if (result == FreeResult.HELD_OTHERWISE) {
            throw WrongAddressException.heldByAddress("free", heapName, address);
        }
        if (result != FreeResult.DONE) {
            throw wrongAddress("free", address, result);
        }
    }

    private WrongAddressException wrongAddress(String action, long address, FreeResult verdict) {
        return switch (verdict) {
            // DONE: another thread has put a block there since; when the caller asked, there was none.
            case DONE, NOT_LIVE -> WrongAddressException.notLive(action, heapName, address);
            case INTERIOR -> WrongAddressException.interior(action, heapName, address);
            case HELD_OTHERWISE -> WrongAddressException.heldByObject(action, heapName, address);
        };
    }

    /** Gives the end of a live block back, as far as its kind of place allows. */
    public void shrink(long offset, long byteSize, Holder holder) {
        requireOpen();
        try {
            blocks.shrink(offset, byteSize, holder);
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
        if (observers != null) {
            try {
                observers.shrunk(base + offset, byteSize);
            } catch (Throwable unrecorded) {
                // The block is shorter all the same, and the caller must learn that.
                observers.isIncomplete = true;
            }
        }
    }

    /**
     * Makes a block callable that was written.
     *
     * <p>The fence orders what was written before the reference that leads other threads here. On x86-64 instruction
     * fetch is coherent with stores by physical address, so this suffices: docs/publishing.md.
     */
    public void publish(long offset) {
        VarHandle.releaseFence();
        if (isStaged) {
            publishing.publish(offset);
        }
    }

    /** Tells recordings and tools of code that can be run from now on. Every publication of code calls this. */
    public void notePublished(long offset, long byteSize, Frame frame) {
        boolean isTold = observers != null && observers.learnsOfPublications();
        if (isTold || Recordings.events().recordsPublished()) {
            notePublished(base + offset, byteSize, observers == null ? null : observers.nameOf(base + offset), frame);
        }
    }

    void notePublished(NamedPart part) {
        notePublished(part.address(), part.byteSize(), part.name(), part.frame());
    }

    private void notePublished(long address, long byteSize, @Nullable String name, Frame frame) {
        regions.events().published(address - base, byteSize, name);
        if (observers != null) {
            observers.published(zone, address, byteSize, name, frame);
        }
    }

    /** Makes the block callable that starts at an address and is held by it. */
    public void publishAt(long address, Frame frame) {
        VarHandle.releaseFence();
        publishing.publishAt(this, address);
        if (zone.domain() == Domain.CODE && (observers != null || Recordings.events().recordsPublished())) {
            long offset = address - base;
            notePublished(offset, blocks.usableByteSize(offset), frame);
        }
    }

    /** Overwrites part of a block, by the zone's write path. */
    public void write(String action, long offset, MemorySegment source, long sourceOffset, long byteSize) {
        try {
            // A direct call on the most frequent path: it is inlined also if the JVM uses heaps on all three.
            if (publishing instanceof Aliased aliased) {
                aliased.write(action, offset, source, sourceOffset, byteSize);
            } else {
                publishing.write(action, offset, source, sourceOffset, byteSize);
            }
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    /** {@return the address at which the byte at an address of a live block can be written} */
    public long addressToWrite(long address) {
        long offset = offsetOf("writable", address);
        if (blocks.startOf(offset) < 0) {
            throw WrongAddressException.notLive("writable", heapName, address);
        }
        publishing.requireAddressToWrite("writable", offset);
        return zone.writableBase() + offset;
    }

    /** {@return regions that are huge again after they were split} */
    int heal() {
        return publishing.healing.heal();
    }

    /** {@return whether an address lies in the zone} */
    boolean contains(long address) {
        return Long.compareUnsigned(address - base, capacityByteSize) < 0;
    }

    /** {@return the offset of an address in the zone} */
    public long offsetOf(String action, long address) {
        requireOpen();
        if (!contains(address)) {
            throw WrongAddressException.foreign(action, heapName, address, zone.front().access());
        }
        return address - base;
    }

    /** {@return the offset of a live block that starts at an address and is held by it} */
    public long startOf(String action, long address) {
        long offset = offsetOf(action, address);
        heldByteSize(action, address, offset);
        return offset;
    }

    /** {@return the bytes of the live block that starts at an address, at {@code offset}, and is held by it} */
    public long heldByteSize(String action, long address, long offset) {
        long byteSize = blocks.find(offset, Holder.ADDRESS);
        if (byteSize < 0) {
            throw wrongAddress(action, address, blocks.judge(offset, Holder.ADDRESS));
        }
        return byteSize;
    }

    /** {@return the bytes that a live block may use, however it is held, from its first address} */
    public long usableByteSize(long address) {
        long offset = offsetOf("usableByteSize", address);
        long start = blocks.startOf(offset);
        if (start != offset) {
            throw wrongAddress("usableByteSize", address, start < 0 ? FreeResult.NOT_LIVE : FreeResult.INTERIOR);
        }
        return blocks.usableByteSize(start);
    }

    /** {@return the first address of the live block that contains {@code address}, or 0 if none does} */
    public long blockContaining(long address) {
        requireOpen();
        long start = contains(address) ? blocks.startOf(address - base) : -1;
        return start < 0 ? 0 : base + start;
    }

    /** Commits memory ahead, in adjacent regions. */
    public void precommit(long byteSize) {
        requireSize(byteSize);
        synchronized (lock) {
            requireOpen();
            if (!blocks.precommit(Region.countFor(byteSize))) {
                throw exhausted(byteSize);
            }
        }
    }

    /**
     * Gives the memory of every empty region back.
     *
     * @return its bytes
     */
    long trim() {
        requireOpen();
        try {
            return Region.offsetOf(blocks.trim());
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }

    /**
     * Gives back the memory of free pages in regions in use. A thread of its own makes a region huge again when all its
     * pages are back.
     *
     * @return bytes
     */
    long discardFreePages() {
        requireOpen();
        try {
            long byteSize = Pages.BYTE_SIZE * blocks.discardFreePages();
            if (byteSize > 0) {
                publishing.healing.wake();
            }
            return byteSize;
        } catch (IllegalStateException e) {
            throw closedOr(e);
        }
    }
}
