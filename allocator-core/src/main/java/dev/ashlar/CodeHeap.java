package dev.ashlar;

import dev.ashlar.heap.Snapshots;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

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
 * <p><b>Two ways to hold a block.</b> As a {@link CodeBlock}, which tracks its state permanently; or as a raw address
 * ({@link #addresses()}), for callers who want no Java object per block. A block is held in one way all its life. The
 * package comment of {@link dev.ashlar} compares them with units and batches.
 *
 * <p><b>Threads.</b> All methods may be called by any thread. A thread that allocates and frees its own small blocks
 * takes no lock; {@link dev.ashlar} says which calls wait for each other.
 */
public final class CodeHeap extends Heap {
    /** Bytes of the largest span, so that rel32 reaches everywhere inside: 2 GiB. */
    public static final long LARGEST_CAPACITY = 1L << 31;

    private final ConstantPlacement constants;
    private final CodeAddresses addresses;

    CodeHeap(Zones zones, ConstantPlacement constants, List<Refusal> buildRefusals) {
        super(zones, buildRefusals);
        this.constants = constants;
        this.addresses = new CodeAddresses(zones);
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
        return new CodeBlock(zones(), byteSize);
    }

    /**
     * Takes a block of executable memory at an aligned address.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link #LARGEST_ALIGNMENT}; it holds for both views of the block
     * @return the block, writable, filled with trapping instructions; the caller frees it
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock allocate(long byteSize, long byteAlignment) {
        return new CodeBlock(zones(), byteSize, byteAlignment, Temperature.HOT);
    }

    /**
     * Takes a block of executable memory at an aligned address, near others that are expected to run as often: cold
     * blocks lie in regions of their own if the span has room for that.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link #LARGEST_ALIGNMENT}; it holds for both views of the block
     * @param temperature how often the code is expected to run; the other methods use {@link Temperature#HOT}
     * @return the block, writable, filled with trapping instructions; the caller frees it
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock allocate(long byteSize, long byteAlignment, Temperature temperature) {
        return new CodeBlock(zones(), byteSize, byteAlignment, Objects.requireNonNull(temperature, "temperature"));
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
        return define(MemorySegment.ofArray(Objects.requireNonNull(code, "code")));
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
        CodeBlock block = allocate(Objects.requireNonNull(code, "code").byteSize());
        try {
            space().write("define", block.offset(), code, 0, code.byteSize());
            block.publish();
        } catch (RuntimeException | Error refused) {
            // The source is closed or belongs to another thread, or the kernel refused: the block must not leak.
            space().undo(block.offset(), Holder.OBJECT);
            throw refused;
        }
        return block;
    }

    /**
     * Takes memory for one compilation unit: code, the constants that it reads and the variables that it writes, each
     * in regions of its domain, all within reach of each other by a 32-bit displacement. The parts are published and
     * freed together.
     *
     * <p>One small unit commits at least a region of 2 MiB for each domain that it uses. The heap has the first for
     * code from the start. {@link ConstantPlacement#WITH_CODE} saves the one for constants.
     *
     * @param sizes bytes and alignment of the parts
     * @return the unit, writable: code filled with trapping instructions, the rest zero; the caller frees it
     * @throws IllegalArgumentException if a size is out of range
     * @throws HeapExhaustedException if there is no room
     * @throws HeapClosedException if the heap is closed
     */
    public CodeUnit allocateUnit(UnitSizes sizes) {
        return new CodeUnit(zones(), constants, Objects.requireNonNull(sizes, "sizes"));
    }

    /**
     * Opens a batch, for a generator that must write code at the addresses at which it will run.
     *
     * @return the batch, for the current thread only; it keeps the heap open until it is published or abandoned
     * @throws WritePathException if the heap's write path is not {@link WritePath#IN_PLACE}
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBatch openBatch() {
        if (writePath() != WritePath.IN_PLACE) {
            throw WritePathException.notServed("openBatch", writePath(), List.of(), WritePath.IN_PLACE);
        }
        zones().noteAddress();
        return new CodeBatch(zones(), constants);
    }

    /**
     * Opens a pool of trampolines: fixed places in code whose targets can be changed at any time without changing code,
     * on every write path.
     *
     * <p>The first pool commits the heap's first region for data, 2 MiB, unless there is one already.
     *
     * @param count trampolines to have ready, at least 1; rounded up to a multiple of 256
     * @return the pool, which makes more trampolines when all are taken; the caller closes it before the heap
     * @throws IllegalArgumentException if the count is not positive
     * @throws HeapExhaustedException if there is no room for code or data, or the heap was built without room for data
     * @throws NotReachableException if the heap is so large that code does not reach its data
     * @throws WritePathException if the heap serves batches only (write path in-place on hugetlb)
     * @throws HeapClosedException if the heap is closed
     */
    public TrampolinePool openTrampolines(int count) {
        zones().noteAddress();
        return TrampolinePool.open(zones(), count);
    }

    /**
     * Makes regions huge again that permission changes have split, now and in this thread: full regions, empty ones,
     * and those in which no block or batch is being written. Free memory in the latter is handed out again when they
     * are empty. Only {@link WritePath#IN_PLACE} splits regions; full ones heal by themselves after a while.
     *
     * @return regions that are huge again; each takes about a millisecond
     * @throws HeapClosedException if the heap is closed
     */
    public int heal() {
        return zones().heal();
    }

    /**
     * {@return the permission changes of the heap's pages so far}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public LedgerReport ledger() {
        return Snapshots.ledger(zones());
    }

    /** {@return how code gets into the heap's memory} */
    public WritePath writePath() {
        return zones().path();
    }

    /** {@return the same heap by raw addresses} */
    public CodeAddresses addresses() {
        zones().noteAddress();
        return addresses;
    }

    /**
     * Commits memory ahead, so that allocations find it ready: a first commit can take milliseconds.
     *
     * @param byteSize bytes of empty adjacent regions to have ready, and to keep ready when blocks are freed, until
     *     {@link #trim()}; rounded up to regions of 2 MiB
     * @throws IllegalArgumentException if the size is out of range
     * @throws HeapExhaustedException if the host gives no more, or the span has no such place; what was committed stays
     * @throws HeapClosedException if the heap is closed
     */
    public void precommit(long byteSize) {
        space().precommit(byteSize);
    }
}
