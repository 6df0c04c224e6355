package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.CodeListing;
import dev.ashlar.heap.Features;
import dev.ashlar.heap.Snapshots;
import dev.ashlar.heap.Unmanaged;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Feature;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.report.LiveCode;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.symbols.SymbolFile;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
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
public final class CodeHeap extends Heap implements CodeAllocator {
    /** Bytes of the largest span, so that rel32 reaches everywhere inside: 2 GiB. */
    public static final long LARGEST_CAPACITY = 1L << 31;

    private final Unmanaged life;
    private final ConstantPlacement constants;
    private final CodeAddresses addresses;

    CodeHeap(Zones zones, ConstantPlacement constants, List<Refusal> buildRefusals) {
        super(zones, buildRefusals);
        this.life = zones.unmanaged();
        this.constants = constants;
        this.addresses = new CodeAddresses(zones, zones.first());
    }

    /** {@return a heap of 256 MiB with the best memory that the host gives; see {@link CodeHeapBuilder#build()}} */
    public static CodeHeap create() {
        return builder().build();
    }

    /** {@return a builder with the defaults of {@link #create()}} */
    public static CodeHeapBuilder builder() {
        return new CodeHeapBuilder();
    }

    @Override
    public CodeBlock allocate(long byteSize) {
        return new CodeBlock(life, byteSize);
    }

    @Override
    public CodeBlock allocate(long byteSize, long byteAlignment, Temperature temperature) {
        return new CodeBlock(life, byteSize, byteAlignment, Objects.requireNonNull(temperature, "temperature"));
    }

    @Override
    public CodeBlock define(MemorySegment code) {
        return CodeBlock.define(life, Objects.requireNonNull(code, "code"), null, Frame.STANDARD);
    }

    @Override
    public CodeBlock define(MemorySegment code, String name, Frame frame) {
        Objects.requireNonNull(code, "code");
        Arguments.requireCodeName(name);
        return CodeBlock.define(life, code, name, Objects.requireNonNull(frame, "frame"));
    }

    @Override
    public CodeUnit allocateUnit(UnitSizes sizes, Temperature temperature) {
        return new CodeUnit(life, constants, Objects.requireNonNull(sizes, "sizes"),
                Objects.requireNonNull(temperature, "temperature"));
    }

    @Override
    public CodeBatch openBatch() {
        return openBatch(constants);
    }

    @Override
    public CodeBatch openBatch(ConstantPlacement placement) {
        return CodeBatch.open(life, Objects.requireNonNull(placement, "placement"));
    }

    /**
     * Opens a group, for code that is freed together: that of a class loader, a method cache or a query plan.
     *
     * @return the group, quickest in the current thread; the caller closes it before the heap
     * @throws HeapClosedException if the heap is closed
     */
    public CodeGroup openGroup() {
        return new CodeGroup(zones(), constants);
    }

    /**
     * {@return the same heap for code that the garbage collector frees}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public CollectedCode collected() {
        space().requireOpen();
        return new CollectedCode(zones(), constants);
    }

    /**
     * Opens a retirement, for code that other threads may still run when it is replaced.
     *
     * @param largestBacklog blocks that may be retired and not freed yet, 1 to {@link Retirement#LARGEST_BACKLOG}
     * @return the retirement; the caller closes it, or closes the heap
     * @throws IllegalArgumentException if the number is out of range
     * @throws HeapClosedException if the heap is closed
     */
    public Retirement openRetirement(int largestBacklog) {
        space().requireOpen();
        return new Retirement(zones(), largestBacklog);
    }

    /**
     * Closes all groups that are open. The heap stays open.
     *
     * @throws BlockStateException if a running downcall uses one of them, about the first such group; the others are
     *     closed
     * @throws HeapClosedException if the heap is closed
     */
    public void closeAll() {
        space().requireOpen();
        zones().groups().closeAll();
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
     * and those in which no block or batch is being written. The latter
     * are closed: their free pages keep their traps, and are handed out again when the whole region is free ({@code
     * stats().withheldByteSize()}). So call this once after a load. Only {@link WritePath#IN_PLACE} splits regions;
     * full ones heal by themselves within a second, and half full ones if nothing was published there for ten seconds.
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

    /**
     * {@return the code that is live, by address: each block, or the named parts of a batch that has such} Blocks that
     * other threads take or free meanwhile may be missing or listed. It takes some milliseconds a region.
     *
     * @throws HeapClosedException if the heap is closed
     */
    public List<LiveCode> liveCode() {
        return CodeListing.list(zones().spaces());
    }

    /**
     * {@return the bytes of the live code from an address on, in lines of 16, with the names that start among them}
     * The caller promises that no thread frees the code meanwhile.
     *
     * @param address an address of live code
     * @param longestByteSize the most bytes to show, at least 1; none after the end of the block are shown
     * @throws WrongAddressException if no live block of code has the address
     * @throws IllegalArgumentException if the size is not positive
     * @throws HeapClosedException if the heap is closed
     */
    public String hexDump(long address, long longestByteSize) {
        if (longestByteSize < 1) {
            throw new IllegalArgumentException("longestByteSize must be positive: " + longestByteSize);
        }
        return CodeListing.hexDump(space(), address, longestByteSize);
    }

    /**
     * Creates a file with the symbols of the code that is live, as {@link dev.ashlar.memory.Evidence#symbolFile} keeps
     * one: for {@code ashlar explain}, or gdb's {@code add-symbol-file}.
     *
     * @param file a file that does not exist, in a directory of a POSIX file system
     * @throws UncheckedIOException if it exists or cannot be written
     * @throws HeapClosedException if the heap is closed
     */
    public void writeSymbols(Path file) {
        Objects.requireNonNull(file, "file");
        SymbolFile.write(file, name(), zones().span().ranges().getFirst(), liveCode());
    }

    /**
     * Tells the tools of {@link CodeHeapBuilder#visibility} of live code again: writes it to the map for perf, which
     * {@code jcmd Compiler.perfmap} may have truncated, and has a debugger that is attached read the symbols.
     *
     * @throws UncheckedIOException if the map cannot be written
     * @throws HeapClosedException if the heap is closed
     */
    public void refreshTools() {
        zones().recorder().refreshTools();
    }

    /** {@return how code gets into the heap's memory} */
    public WritePath writePath() {
        return zones().path();
    }

    /**
     * {@return whether the heap serves a feature} If it does not, calls that need it throw {@link WritePathException},
     * or another exception that says why.
     *
     * @param feature what the caller needs
     * @throws HeapClosedException if the heap is closed
     */
    public boolean supports(Feature feature) {
        space().requireOpen();
        return Features.serves(zones(), Objects.requireNonNull(feature, "feature"));
    }

    /** {@return the heap's code by raw addresses} */
    public CodeAddresses addresses() {
        zones().noteAddress();
        return addresses;
    }

    /**
     * Returns the blocks of one domain by raw addresses: three of them, within reach of each other, are what a unit is.
     * The first use of a domain other than code commits a region of 2 MiB.
     *
     * @param domain code, constants (RODATA) or data
     * @return the blocks of that domain
     * @throws IllegalArgumentException if the domain is SECRET
     * @throws HeapExhaustedException if the heap was built without room for the domain, or the host refuses it
     * @throws HeapClosedException if the heap is closed
     */
    public CodeAddresses addresses(Domain domain) {
        if (Objects.requireNonNull(domain, "domain") == Domain.SECRET) {
            throw new IllegalArgumentException("a code heap has no blocks of domain " + domain);
        }
        space().requireOpen();
        zones().noteAddress();
        return domain == Domain.CODE ? addresses : new CodeAddresses(zones(), zones().of(domain, 1));
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
