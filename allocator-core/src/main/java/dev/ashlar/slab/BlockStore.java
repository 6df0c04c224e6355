package dev.ashlar.slab;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Health;
import dev.ashlar.region.Pages;
import dev.ashlar.region.Region;
import dev.ashlar.region.RegionSource;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Allocates blocks of any size in one span, named by their offset from the span's start.
 *
 * <p>Blocks up to {@link #LARGEST_SLOT_BYTE_SIZE} bytes go to slabs, those up to {@link #LARGEST_PACKED_BYTE_SIZE} to
 * packed runs; a block that is larger or aligned to pages gets a run of its own. {@code docs/sizes.md} compares the
 * three.
 *
 * <p>Thread-safe: see the package comment.
 */
public final class BlockStore {
    /** Bytes of the largest slot of a slab. */
    public static final int LARGEST_SLOT_BYTE_SIZE = 256;

    /** Bytes of the largest block in a packed run. */
    public static final int LARGEST_PACKED_BYTE_SIZE = 16 * 1024;

    /** Every block starts at a multiple of this many bytes. */
    public static final int MINIMUM_ALIGNMENT = SizeClasses.QUANTUM;

    /** A block of at least this size takes whole regions. */
    private static final long LARGE_BYTE_SIZE = Region.BYTE_SIZE;

    static final int CLASS_COUNT = SizeClasses.indexOf(LARGEST_SLOT_BYTE_SIZE) + 1;

    final RunSpace space;
    private final BlockLookup lookup;
    final Owners owners;
    private final @Nullable Parking[] byThread;
    private final int largestSlotByteSize;

    /**
     * Creates a store over all memory of {@code source}, none of which may be committed yet.
     *
     * @param lock taken for whatever touches {@code source}
     * @param health the heap's
     * @param committedByteSize the size of the heap, which decides how many threads may own memory; any thread calls it
     */
    public BlockStore(RegionSource source, Eraser eraser, Object lock, Health health, LongSupplier committedByteSize) {
        RunSpace pages = new RunSpace(new RunAllocator(source), source.regionCount(), eraser, lock, health);
        int processorCount = Runtime.getRuntime().availableProcessors();
        this(pages, Owners.forThreads(pages, committedByteSize, processorCount), LARGEST_SLOT_BYTE_SIZE);
    }

    /**
     * Creates a store in which no thread owns memory: every call takes a lock, and a block held by an object is erased
     * before its free returns, on any thread. It suits few blocks on few pages: only blocks smaller than a granule have
     * slabs, because each slab size starts with a page of its own.
     *
     * @param lock taken for whatever touches {@code source}; the eraser may take it
     * @param health the heap's
     */
    public BlockStore(RegionSource source, Eraser eraser, Object lock, Health health) {
        RunSpace pages = new RunSpace(new RunAllocator(source), source.regionCount(), eraser, lock, health);
        this(pages, Owners.none(pages), PackedRun.GRANULE_BYTE_SIZE - SizeClasses.QUANTUM);
    }

    private BlockStore(RunSpace space, Owners owners, int largestSlotByteSize) {
        this.space = space;
        this.lookup = new BlockLookup(space);
        this.owners = owners;
        this.byThread = owners.byThread();
        this.largestSlotByteSize = largestSlotByteSize;
    }

    /**
     * Takes a block that the current thread freed recently: the fast path of an allocation with the least alignment.
     *
     * @param byteSize any number
     * @return the block's offset, or -1 if there is none, or if no block has this size
     */
    public long reuse(long byteSize, Holder holder) {
        Parking own = Owners.parkingOfCurrentThread(byThread);
        return own == null ? -1 : reuse(own, byteSize, holder);
    }

    private static long reuse(Parking parking, long byteSize, Holder holder) {
        boolean mayBeParked = Long.compareUnsigned(byteSize - 1, Magazines.LARGEST_BYTE_SIZE) < 0;
        return mayBeParked ? parking.reuse(Magazines.kindFor((int) byteSize), holder) : -1;
    }

    /**
     * Takes a block that the current thread has not parked, apart from blocks of another temperature if there is room:
     * the slow path of an allocation. Call {@link #reuse} first if the alignment is the least and the temperature hot.
     *
     * @param byteSize bytes, at least 1 and at most the span
     * @param log2Alignment the block starts at a multiple of {@code 2^log2Alignment} bytes; 4 to 21
     * @return the block's offset, or -1 if there is no room; then no block has changed, but vacant slabs and packed
     *     runs were given back
     */
    public long allocate(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        assert byteSize >= 1 : "byteSize=" + byteSize;
        assert log2Alignment >= 4 && log2Alignment <= 21 : "log2Alignment=" + log2Alignment;
        Parking own = temperature == Temperature.HOT ? Owners.parkingOfCurrentThread(byThread) : null;
        long offset = own != null
                ? allocateFrom(own.owner, byteSize, log2Alignment, holder)
                : allocateFromOwner(byteSize, log2Alignment, temperature, holder);
        return offset >= 0 ? offset : allocateFromTheLast(byteSize, log2Alignment, temperature, holder);
    }

    private long allocateFromOwner(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        SlabOwner own = temperature == Temperature.HOT ? owners.own() : null;
        if (own != null) {
            return allocateFrom(own, byteSize, log2Alignment, holder);
        }
        SlabOwner shared = temperature == Temperature.HOT ? owners.common : owners.cold();
        synchronized (shared.lock) {
            long parked = log2Alignment == SizeClasses.LOG2_QUANTUM ? reuse(shared.parking, byteSize, holder) : -1;
            return parked >= 0 ? parked : allocateFrom(shared, byteSize, log2Alignment, holder);
        }
    }

    private long allocateFrom(SlabOwner owner, long byteSize, int log2Alignment, Holder holder) {
        long alignment = 1L << log2Alignment;
        long rounded = (byteSize + alignment - 1) & -alignment;
        if (rounded <= largestSlotByteSize) {
            return owner.allocateSlot((int) rounded, holder);
        }
        if (byteSize <= LARGEST_PACKED_BYTE_SIZE && log2Alignment < Pages.LOG2_BYTE_SIZE) {
            return owner.allocatePacked((int) byteSize, log2Alignment, holder);
        }
        if (byteSize >= LARGE_BYTE_SIZE) {
            // Vacant runs may keep regions from being empty, which this block needs.
            owner.releaseVacant();
        }
        return space.allocateRun(byteSize, log2Alignment, owner.temperature, holder);
    }

    /**
     * Handles the case that no run of pages is left: gives back vacant runs and tries again, then packs a block that
     * has no slab, then takes whole pages, however small the block is.
     */
    private long allocateFromTheLast(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        owners.releaseVacant();
        long offset = allocateFromOwner(byteSize, log2Alignment, temperature, holder);
        boolean wasRun = byteSize > LARGEST_PACKED_BYTE_SIZE || log2Alignment >= Pages.LOG2_BYTE_SIZE;
        if (offset >= 0 || wasRun) {
            return offset;
        }
        SlabOwner own = owners.ownSoFar();
        if (own != null) {
            offset = own.allocatePacked((int) byteSize, log2Alignment, holder);
        }
        return offset >= 0 ? offset : space.allocateRun(byteSize, log2Alignment, temperature, holder);
    }

    /**
     * Takes a block of whole pages, in a run of its own however small it is. No owner is involved, so the caller may
     * hold the lock.
     *
     * @param log2Alignment 12 to 21
     * @return the block's offset, or -1 if there is no room
     */
    public long allocateRun(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        return space.allocateRun(byteSize, log2Alignment, temperature, holder);
    }

    /**
     * Takes a block of whole pages held by an object, with all free pages that follow it in its region.
     *
     * @param byteSize the bytes that must fit, at least 1
     * @param log2Alignment 12 to 21
     * @return the block's offset, or -1 if there is no room; {@link #usableByteSize} returns its size
     */
    public long allocateStretch(long byteSize, int log2Alignment) {
        return space.allocateStretch(byteSize, log2Alignment);
    }

    /**
     * Frees the block that starts at {@code offset}; its memory is erased before it is used again. Does nothing if no
     * block starts there.
     *
     * @param offset any offset inside the span
     */
    public FreeResult free(long offset, Holder holder) {
        Parking parking = Owners.parkingOfCurrentThread(byThread);
        if (parking != null && parking.freeLast(offset, holder)) {
            return FreeResult.DONE;
        }
        return free(parking == null ? null : parking.owner, offset, holder);
    }

    @SuppressWarnings("ReferenceEquality")
    private FreeResult free(@Nullable SlabOwner own, long offset, Holder holder) {
        CutRun run = space.cutRunAt(offset);
        if (run == null) {
            return space.freeRun(offset, holder);
        }
        return own != null && run.owner == own ? own.free(run, offset, holder) : freeFromAfar(run, offset, holder);
    }

    private FreeResult freeFromAfar(CutRun run, long offset, Holder holder) {
        // Read first, so that a later life of this object is not mistaken for the one that is checked.
        int generation = run.generation();
        if (!run.covers(offset)) {
            return FreeResult.NOT_LIVE;
        }
        int inRun = (int) (offset - run.firstByte());
        int position = run.positionOf(inRun);
        FreeResult verdict = BlockLookup.judge(run, position, inRun, holder);
        if (verdict != FreeResult.DONE) {
            return verdict;
        }
        SlabOwner owner = run.owner;
        if (owner.thread.isAny() && owners.ownSoFar() == null) {
            synchronized (owner.lock) {
                if (run.owner == owner) {
                    // Check again: another thread may have freed it while this one waited.
                    return run.generation() == generation ? owner.free(run, offset, holder) : FreeResult.NOT_LIVE;
                }
            }
        }
        return mark(run, position, generation);
    }

    private FreeResult mark(CutRun run, int position, int generation) {
        try {
            if (!run.markRemote(position, generation)) {
                return FreeResult.NOT_LIVE;
            }
            // If the owner's own free came in between, the owner finds that the mark is late and drops it.
            if (run.enterQueue()) {
                run.owner.enqueue(run);
            }
            return FreeResult.DONE;
        } catch (Throwable e) {
            // No call: the stack may have no room. Without the mark, nothing has changed.
            int mark = position >> run.log2PositionsPerMark;
            long marks = run.books[run.firstMarkWord + mark / RemoteMarks.MARKS_PER_WORD];
            if ((marks >>> mark % RemoteMarks.MARKS_PER_WORD & 1) != 0) {
                // The run may be in no queue.
                space.health.end = e;
            }
            throw e;
        }
    }

    /**
     * Shrinks the block that starts at {@code offset} as far as its kind allows: packed blocks give back granules and
     * runs give back pages; slots and blocks that another thread owns keep their size. Bytes beyond {@code byteSize}
     * are erased. A block of at most that size does not change.
     *
     * @param byteSize the bytes to keep, at least 1
     */
    public FreeResult shrink(long offset, long byteSize, Holder holder) {
        assert byteSize >= 1 : "byteSize=" + byteSize;
        CutRun run = space.cutRunAt(offset);
        if (run == null) {
            return space.shrinkRun(offset, byteSize, holder);
        }
        SlabOwner owner = run.owner;
        if (!owner.thread.isAny()) {
            return shrinkIn(run, offset, byteSize, holder, owner.thread.is(Thread.currentThread()) ? owner : null);
        }
        synchronized (owner.lock) {
            // In this order, because another owner may be opening a closed run.
            boolean isOwners = space.cutRunAt(offset) == run && run.owner == owner;
            return shrinkIn(run, offset, byteSize, holder, isOwners ? owner : null);
        }
    }

    /** Works as {@link #shrink}, for a block of whole pages in which nothing was written beyond {@code byteSize}. */
    public FreeResult shrinkUntouched(long offset, long byteSize, Holder holder) {
        return space.shrinkRun(offset, byteSize, holder, Eraser.NONE);
    }

    private FreeResult shrinkIn(
            CutRun run, long offset, long byteSize, Holder holder, @Nullable SlabOwner exclusiveOwner) {
        int inRun = (int) (offset - run.firstByte());
        int position = run.positionOf(inRun);
        FreeResult verdict =
                space.cutRunAt(offset) == run ? BlockLookup.judge(run, position, inRun, holder) : FreeResult.NOT_LIVE;
        if (verdict != FreeResult.DONE) {
            return verdict;
        }
        int before = run.usableByteSize(position);
        if (byteSize < before) {
            space.erase(offset + byteSize, before - byteSize);
            if (exclusiveOwner != null && run instanceof PackedRun packed) {
                exclusiveOwner.shrinkPacked(packed, position, (int) byteSize);
            }
        }
        return FreeResult.DONE;
    }

    /**
     * {@return the bytes of the live block that starts at {@code offset} and is held this way, or a negative number;
     * then {@link #judge} returns the reason}
     */
    public long find(long offset, Holder holder) {
        Parking own = Owners.parkingOfCurrentThread(byThread);
        if (own != null) {
            int byteSize = own.lastByteSize(offset, holder);
            if (byteSize >= 0) {
                return byteSize;
            }
        }
        return judge(offset, holder) == FreeResult.DONE ? usableByteSize(offset) : -1;
    }

    /** {@return what freeing {@code offset} would return, without freeing it} */
    public FreeResult judge(long offset, Holder holder) {
        return lookup.judge(offset, holder);
    }

    /** {@return the start of the live block that contains {@code offset}, or -1 if there is none} */
    public long startOf(long offset) {
        return lookup.startOf(offset);
    }

    /** {@return the usable bytes of the live block that starts at {@code start}; 0 if it was freed meanwhile} */
    public long usableByteSize(long start) {
        return lookup.usableByteSize(start);
    }

    /**
     * Commits regions until at least {@code regionCount} adjacent ones are empty, and retains that many from then on.
     *
     * @return whether that many are there now; if not, those that could be committed stay
     */
    public boolean precommit(int regionCount) {
        return space.precommit(regionCount);
    }

    /**
     * Gives back vacant runs of the current thread, of ended threads and of the shared owners, then every empty region.
     *
     * @return the number of regions released
     */
    public int trim() {
        int before = committedRegionCount();
        // Not under the space's lock, because the common owner's lock comes first. A region that this empties may be
        // released at once.
        owners.releaseVacant();
        return Math.max(0, before - space.trim());
    }

    /**
     * Gives back the memory of free pages in regions in use. Other threads wait for one region at a time.
     *
     * @return how many pages
     */
    public long discardFreePages() {
        long discarded = 0;
        for (int region = 0; region < space.runs.regionCount(); region++) {
            discarded += space.discardFreePages(region);
        }
        return discarded;
    }

    private int committedRegionCount() {
        synchronized (space.lock) {
            space.settle();
            return space.runs.committedRegionCount();
        }
    }

    /** {@return what {@code change} returns, which may commit and release regions; takes the lock} */
    public <T> T change(Function<RunAllocator, T> change) {
        return space.change(() -> change.apply(space.runs));
    }

    /** {@return the run allocator of this store, for figures; pre: the lock is held} */
    public RunAllocator runs() {
        space.settle();
        return space.runs;
    }

    /** {@return what is live and free now; exact while no other thread uses the store; pre: the lock is held} */
    public Census census() {
        return Census.of(space);
    }

    /**
     * {@return the number of frees that were reported as done and later found to have lost a race with the owner's free
     * of the same block; pre: the lock is held}
     */
    public long lateLoserCount() {
        return space.lateLoserCount();
    }

    /** {@return bytes of bookkeeping in the Java heap, including the layers below} */
    public long metadataByteSize() {
        return 96 + space.pages.metadataByteSize() + space.cutRuns.metadataByteSize() + owners.metadataByteSize()
                + space.runs.metadataByteSize();
    }

    /**
     * Checks the bookkeeping of this layer and the buddy layer. Pre: no other thread uses the store.
     */
    public void checkInvariants() {
        space.runs.checkInvariants();
        new StoreCheck(space, owners).run();
    }
}
