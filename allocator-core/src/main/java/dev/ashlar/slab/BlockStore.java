package dev.ashlar.slab;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.buddy.RunCheck;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Health;
import dev.ashlar.region.Pages;
import dev.ashlar.region.RegionSource;
import java.lang.invoke.VarHandle;
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
    public static final int LARGEST_SLOT_BYTE_SIZE = SizeClasses.LARGEST_SLOT_BYTE_SIZE;

    /** Bytes of the largest block in a packed run. */
    public static final int LARGEST_PACKED_BYTE_SIZE = SizeClasses.LARGEST_PACKED_BYTE_SIZE;

    /** Every block starts at a multiple of this many bytes. */
    public static final int MINIMUM_ALIGNMENT = SizeClasses.QUANTUM;

    final RunSpace space;
    private final Lines lines;
    private final BlockLookup lookup;
    final Owners owners;
    private final @Nullable Parking[] byThread;

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
        this(pages, Owners.forThreads(pages, committedByteSize, processorCount));
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
        this(pages, Owners.none(pages));
    }

    private BlockStore(RunSpace space, Owners owners) {
        this.space = space;
        this.lines = space.lines;
        this.lookup = new BlockLookup(space, owners);
        this.owners = owners;
        this.byThread = owners.byThread();
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
        if (Long.compareUnsigned(byteSize - 1, LARGEST_PACKED_BYTE_SIZE) < 0) {
            return parking.reuse(SizeClasses.of((int) byteSize), holder);
        }
        return parking.reuseRun(byteSize, holder);
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
                ? ownerOf(own).allocate(byteSize, log2Alignment, holder)
                : allocateFromOwner(byteSize, log2Alignment, temperature, holder);
        return offset >= 0 ? offset : allocateFromTheLast(byteSize, log2Alignment, temperature, holder);
    }

    @SuppressWarnings("NullAway") // the owner of a thread that runs
    private SlabOwner ownerOf(Parking own) {
        return owners.of(own.ownerId);
    }

    private long allocateFromOwner(long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        SlabOwner own = temperature == Temperature.HOT ? owners.own() : null;
        if (own != null) {
            return own.allocate(byteSize, log2Alignment, holder);
        }
        SlabOwner shared = temperature == Temperature.HOT ? owners.common : owners.cold();
        synchronized (shared.lock) {
            long parked = log2Alignment == SizeClasses.LOG2_QUANTUM ? reuse(shared.parking, byteSize, holder) : -1;
            return parked >= 0 ? parked : shared.allocate(byteSize, log2Alignment, holder);
        }
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
            offset = own.allocateSmallPacked((int) byteSize, log2Alignment, holder);
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
        Parking own = Owners.parkingOfCurrentThread(byThread);
        if (own == null) {
            return freeFromAfar(offset, holder);
        }
        if (own.freeLast(offset, holder)) {
            return FreeResult.DONE;
        }
        if (own.cutShort) {
            ownerOf(own).settle();
        }
        long[] region = lines.atOffset(offset);
        if (region != null) {
            int line = Lines.lineAt(offset);
            long run = region[line + Lines.RUN];
            if (own.owns(run)) {
                return own.free(region, line, run, offset, holder) ? FreeResult.DONE : refusal(offset, holder);
            }
            if (run != RunWord.NONE) {
                return freeFromAfar(offset, holder);
            }
        }
        return own.freeRun(offset, holder) ? FreeResult.DONE : space.freeRun(offset, holder);
    }

    /**
     * Frees a block as {@link #free} does, but leaves to its owner what follows, such as the erasing: for a caller that
     * may be short of stack. A block of whole pages is freed at once.
     */
    public FreeResult freeLater(long offset, Holder holder) {
        return freeFromAfar(offset, holder);
    }

    /** {@return why the owner could not free a block} */
    private FreeResult refusal(long offset, Holder holder) {
        FreeResult verdict = lookup.judge(offset, holder);
        return verdict == FreeResult.DONE ? FreeResult.NOT_LIVE : verdict;
    }

    @SuppressWarnings("ReferenceEquality") // whether two words are the same
    private FreeResult freeFromAfar(long offset, Holder holder) {
        long[] region = lines.atOffset(offset);
        int line = Lines.lineAt(offset);
        long run = region == null ? RunWord.NONE : region[line + Lines.RUN];
        if (region == null || run == RunWord.NONE) {
            return space.freeRun(offset, holder);
        }
        long[] words = lines.array(region, line, run);
        if (words == null) {
            return FreeResult.NOT_LIVE;
        }
        int position = Lines.position(region, line, run, offset);
        // First, so that a later life of the run is not mistaken for the one that is checked.
        long found = RemoteMarks.read(words, position);
        run = region[line + Lines.RUN];
        if (lines.array(region, line, run) != words || Lines.position(region, line, run, offset) != position) {
            return FreeResult.NOT_LIVE;
        }
        boolean isLastFreed = owners.lastFreed(RunWord.ownerId(run)).offset == offset;
        // The owner parks the block before it forgets it.
        VarHandle.loadLoadFence();
        if (isLastFreed || !BlockBits.isFreeable(run, words, position, holder) || RunWord.inPlace(run, offset) != 0) {
            return refusal(offset, holder);
        }
        SlabOwner owner = owners.ofRun(run);
        if (owner.thread.isAny() && owners.ownSoFar() == null) {
            synchronized (owner.lock) {
                run = region[line + Lines.RUN];
                if (owner.parking.owns(run)) {
                    owner.settle();
                    // Check again: another thread may have freed it while this one waited.
                    boolean isSame = RemoteMarks.life(RemoteMarks.read(words, position)) == RemoteMarks.life(found);
                    return isSame && owner.parking.free(region, line, run, offset, holder)
                            ? FreeResult.DONE
                            : FreeResult.NOT_LIVE;
                }
            }
        }
        return mark(words, position, found, Lines.firstPage(Pages.indexOf(offset), run));
    }

    private FreeResult mark(long[] words, int position, long found, int firstPage) {
        try {
            if (!RemoteMarks.set(words, position, found)) {
                return FreeResult.NOT_LIVE;
            }
            // If the owner's own free came in between, the owner finds that the mark is late and drops it.
            owners.queues.noteMark(firstPage, RemoteMarks.life(found));
            return FreeResult.DONE;
        } catch (Throwable e) {
            // No call: the stack may have no room. Without the mark, nothing has changed.
            long marks = words[((position >>> 6) << 3) + Lines.MARKS + ((position >>> 5) & 1)];
            if (((marks >>> (position & 31)) & 1) != 0) {
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
        long run = lines.runAt(offset);
        if (run == RunWord.NONE) {
            return space.shrinkRun(offset, byteSize, holder);
        }
        SlabOwner owner = owners.ofRun(run);
        if (!owner.thread.isAny()) {
            return shrinkIn(offset, byteSize, holder, owner.thread.is(Thread.currentThread()) ? owner : null);
        }
        synchronized (owner.lock) {
            boolean isOwners = owner.parking.owns(lines.runAt(offset));
            return shrinkIn(offset, byteSize, holder, isOwners ? owner : null);
        }
    }

    /** Works as {@link #shrink}, for a block of whole pages in which nothing was written beyond {@code byteSize}. */
    public FreeResult shrinkUntouched(long offset, long byteSize, Holder holder) {
        return space.shrinkRun(offset, byteSize, holder, Eraser.NONE);
    }

    private FreeResult shrinkIn(long offset, long byteSize, Holder holder, @Nullable SlabOwner exclusiveOwner) {
        FreeResult verdict = lookup.judge(offset, holder);
        if (verdict != FreeResult.DONE) {
            return verdict;
        }
        long before = lookup.usableByteSize(offset);
        if (byteSize < before) {
            space.erase(offset + byteSize, before - byteSize);
            if (exclusiveOwner != null && RunWord.isPacked(lines.runAt(offset))) {
                exclusiveOwner.shrinkPacked(offset, (int) byteSize);
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
        return Census.of(space, owners);
    }

    /**
     * {@return the number of frees that were reported as done and later found to have lost a race with the owner's free
     * of the same block; pre: the lock is held}
     */
    public long lateLoserCount() {
        return owners.queues.lateLoserCount();
    }

    /** {@return bytes of bookkeeping in the Java heap, including the layers below} */
    public long metadataByteSize() {
        return 128 + lines.metadataByteSize() + space.large.metadataByteSize() + owners.metadataByteSize()
                + space.runs.metadataByteSize();
    }

    /**
     * Checks the bookkeeping of this layer and the buddy layer. Pre: no thread that owns memory uses the store.
     */
    public void checkInvariants() {
        owners.whileSharedRest(() -> {
            RunCheck.check(space.runs);
            new StoreCheck(space, owners).run();
        });
    }
}
