package dev.ashlar;

import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;

/**
 * Executable memory in huge pages: allocate, write, publish, run, free.
 *
 * {@snippet :
 * try (CodeHeap heap = CodeHeap.create()) {
 *     CodeBlock block = heap.define(new byte[] {(byte) 0xb8, 42, 0, 0, 0, (byte) 0xc3}); // mov eax, 42; ret
 *     MethodHandle answer = block.bind(FunctionDescriptor.of(ValueLayout.JAVA_INT));
 *     int result = (int) answer.invokeExact(); // 42
 *     block.free();
 * }
 * }
 *
 * <p><b>Two ways to hold a block.</b> As a {@link CodeBlock}, which knows its state for good; or as a raw address
 * ({@link #addresses()}), for callers who want no Java object per block. A block is held one way all its life.
 *
 * <p><b>Wrong use</b> throws and changes nothing.
 *
 * <p><b>Threads.</b> All methods may be called by any thread. A thread that allocates and frees its own small blocks
 * takes no lock; see {@link dev.ashlar} for who waits for whom.
 */
public final class CodeHeap implements AutoCloseable {
    /** Bytes of the largest span, so that rel32 reaches everywhere inside: 2 GiB. */
    public static final long LARGEST_CAPACITY = 1L << 31;

    /** The largest alignment in bytes: 2 MiB. */
    public static final long LARGEST_ALIGNMENT = HeapSpace.LARGEST_ALIGNMENT;

    private final HeapZones zones;
    private final HeapSpace space;
    private final ConstantPlacement constants;
    private final List<Refusal> buildRefusals;
    private final CodePatcher patcher;
    private final CodeAddresses addresses;

    /** {@code buildRefusals} says why better write paths are not used. */
    CodeHeap(HeapZones zones, ConstantPlacement constants, List<Refusal> buildRefusals) {
        this.zones = zones;
        this.space = zones.first();
        this.constants = constants;
        this.buildRefusals = buildRefusals;
        this.patcher = new CodePatcher(zones);
        this.addresses = new CodeAddresses(space, patcher);
    }

    /** {@return a heap of 256 MiB with the best memory that the host gives; see {@link CodeHeapBuilder#build()}} */
    public static CodeHeap create() {
        return builder().build();
    }

    /** {@return a builder with the defaults of {@link #create()}} */
    public static CodeHeapBuilder builder() {
        return new CodeHeapBuilder();
    }

    /**
     * Takes a block of executable memory.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @return the block, writable, filled with trapping instructions, aligned to 16 bytes; the caller frees it
     * @throws IllegalArgumentException if the size is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock allocate(long byteSize) {
        return new CodeBlock(this, space.take(byteSize, Holder.OBJECT), byteSize);
    }

    /**
     * Takes a block of executable memory at an aligned address.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link #LARGEST_ALIGNMENT}; both views of the block are so aligned
     * @return the block, writable, filled with trapping instructions; the caller frees it
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock allocate(long byteSize, long byteAlignment) {
        return new CodeBlock(this, space.take(byteSize, byteAlignment, Holder.OBJECT), byteSize);
    }

    /**
     * Takes a block of executable memory at an aligned address, with others that are expected to run as often: cold
     * blocks lie in regions of their own as long as the span has room for that.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link #LARGEST_ALIGNMENT}; both views of the block are so aligned
     * @param temperature how often the code is expected to run; {@link Temperature#HOT} where nothing else is said
     * @return the block, writable, filled with trapping instructions; the caller frees it
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock allocate(long byteSize, long byteAlignment, Temperature temperature) {
        return new CodeBlock(this, space.take(byteSize, byteAlignment, temperature, Holder.OBJECT), byteSize);
    }

    /**
     * Allocates, copies and publishes in one step.
     *
     * @param code machine code that may run at any address, at least one byte
     * @return the block, published; the caller frees it
     * @throws IllegalArgumentException if there are no bytes, or more than the heap's capacity
     * @throws HeapExhaustedException if there is no room
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock define(byte[] code) {
        return define(MemorySegment.ofArray(code));
    }

    /**
     * Allocates, copies and publishes in one step.
     *
     * @param code machine code that may run at any address, at least one byte; on the Java heap or native
     * @return the block, published; the caller frees it
     * @throws IllegalArgumentException if there are no bytes, or more than the heap's capacity
     * @throws HeapExhaustedException if there is no room
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock define(MemorySegment code) {
        CodeBlock block = allocate(code.byteSize());
        try {
            space.write("define", block.offset(), code, 0, code.byteSize());
            block.publish();
        } catch (RuntimeException | Error refused) {
            // The source was closed or belongs to another thread, or the kernel refused: the block must not leak.
            block.free();
            throw refused;
        }
        return block;
    }

    /**
     * Takes memory for one compilation unit: code, the constants that it reads and the variables that it writes, each
     * in regions of its domain, all within reach of each other by a 32-bit displacement. The parts are published and
     * freed as one.
     *
     * <p>The least that one small unit commits is a region of 2 MiB for each domain that it uses, the first of which
     * the heap has from the start; {@link ConstantPlacement#WITH_CODE} saves one.
     *
     * @return the unit, writable: code filled with trapping instructions, the rest zero; the caller frees it
     * @throws IllegalArgumentException if a size is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    public CodeUnit allocateUnit(UnitSizes sizes) {
        return CodeUnit.allocate(zones, constants, sizes);
    }

    /**
     * Opens a batch, for a generator that must write code at the addresses at which it will run.
     *
     * @return the batch, for the current thread alone; it keeps the heap open until it is published or abandoned
     * @throws WritePathException if the heap's write path is not {@link WritePath#IN_PLACE}
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBatch openBatch() {
        if (zones.path() != WritePath.IN_PLACE) {
            throw WritePathException.notServed("openBatch", zones.path(), WritePath.IN_PLACE);
        }
        return new CodeBatch(zones, constants);
    }

    /**
     * Opens a pool of trampolines: fixed places in code whose targets can be changed at any time without changing code,
     * on every write path.
     *
     * <p>The first pool commits the heap's first region for data, 2 MiB, unless there is one already.
     *
     * @param count trampolines to have ready, at least 1; rounded up to 256 at a time
     * @return the pool, which makes more when they are taken; the caller closes it before the heap
     * @throws IllegalArgumentException if the count is not positive
     * @throws HeapExhaustedException if there is no room for code or data, or the heap was built without room for data
     * @throws NotReachableException if the heap is so large that code does not reach its data
     * @throws WritePathException if the heap serves batches only (write path in-place on hugetlb)
     * @throws HeapClosedException if the heap is closed
     */
    public TrampolinePool openTrampolines(int count) {
        return TrampolinePool.open(this, count);
    }

    /**
     * Makes regions that changes of permission have split huge again, now and in this thread: those that are full or
     * empty, and those in which nothing is being written. What is free in the latter is handed out again when they are
     * empty. Only {@link WritePath#IN_PLACE} ever splits a region; full ones heal by themselves after a while.
     *
     * @return regions that are huge again; about a millisecond each
     * @throws HeapClosedException if the heap is closed
     */
    public int heal() {
        space.requireOpen();
        int healed = 0;
        for (HeapSpace each : zones.spaces()) {
            healed += each.inPlace == null ? 0 : each.inPlace.heal();
        }
        return healed;
    }

    /**
     * {@return what was done to the permissions of the heap's pages}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public LedgerReport ledger() {
        return HeapSnapshots.ledger(zones);
    }

    /** {@return the same heap over raw addresses} */
    public CodeAddresses addresses() {
        return addresses;
    }

    /**
     * Commits memory ahead, so that allocations find it there: a first commit can cost milliseconds.
     *
     * @param byteSize bytes of empty regions, side by side, to have ready and to keep ready when blocks are freed,
     *     until {@link #trim()}; rounded up to regions of 2 MiB
     * @throws IllegalArgumentException if the size is out of range
     * @throws HeapExhaustedException if the host gives no more, or the span has no such place; what was committed stays
     * @throws HeapClosedException if the heap is closed
     */
    public void precommit(long byteSize) {
        space.precommit(byteSize);
    }

    /**
     * Gives the memory of every empty region back to the system; none with
     * {@link dev.ashlar.memory.Hardening#PINNED}.
     *
     * @return bytes given back
     * @throws HeapClosedException if the heap is closed
     */
    public long trim() {
        return zones.trim();
    }

    /** {@return bytes of committed regions now, 0 once the heap is closed; a plain read, without the lock} */
    public long committedByteSize() {
        return zones.committedByteSize();
    }

    /**
     * {@return what the heap holds now}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public HeapStats stats() {
        return HeapSnapshots.stats(zones);
    }

    /**
     * {@return what was asked of the host, what it gave and what it refused}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public HeapReport report() {
        return space.whileOpen(() -> new HeapReport(
                space.name,
                zones.memory(),
                zones.path(),
                space.zone.hardening(),
                space.regions.backingsInUse(),
                Stream.concat(buildRefusals.stream(), space.regions.refusals().stream())
                        .distinct()
                        .toList(),
                space.zone.base(),
                space.zone.writableBase(),
                space.zone.byteSize(),
                zones.spaces().stream()
                        .mapToLong(each -> each.zone.pinnedByteSize())
                        .sum()));
    }

    /**
     * {@return what the kernel's tables say about the heap's memory now; reads {@code /proc}, milliseconds}
     *
     * @throws UnsupportedHostException if {@code /proc/self/maps} cannot be read
     * @throws HeapClosedException if the heap is closed
     */
    public HeapAudit audit() {
        return HeapSnapshots.audit(zones);
    }

    /** {@return the heap's name, as in {@code /proc/self/maps}} */
    public String name() {
        return space.name;
    }

    /**
     * Gives back all that was reserved, live blocks included; with {@link dev.ashlar.memory.Hardening#PINNED} all
     * memory, and all addresses but those of committed regions, which stay taken until the process ends. Afterwards
     * every call on the heap and its blocks that needs memory or its state throws, and so does every access through a
     * segment it handed out; to call a handle bound from a block, or to run an address, is then the caller's mistake.
     * Closing again does nothing.
     *
     * @throws BlockStateException if a segment of the heap is being passed to a running downcall, or a batch is open;
     *     then nothing has changed
     */
    @Override
    public void close() {
        zones.close();
    }

    HeapSpace space() {
        return space;
    }

    HeapZones zones() {
        return zones;
    }

    CodePatcher patcher() {
        return patcher;
    }
}
