package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.HostCheck;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.Visibility;
import dev.ashlar.memory.WritePath;
import dev.ashlar.recording.Recordings;
import dev.ashlar.region.Permissions;
import dev.ashlar.region.Reach;
import dev.ashlar.region.Region;
import dev.ashlar.region.Sharing;
import dev.ashlar.region.Span;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.SystemCalls;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Configures and builds a {@link CodeHeap}. Each method returns this builder. Not thread-safe. */
public final class CodeHeapBuilder {
    private static final long DEFAULT_CAPACITY = 256L << 20;
    private static final long UNSET = -1;
    /** By default constants and data get a quarter each of the room for code, if the span has that much. */
    private static final int LOG2_CODE_PER_OTHER = 2;
    private long capacity = DEFAULT_CAPACITY;
    private Reach reach = Reach.ANYWHERE;
    private MemoryDemand memory = MemoryDemand.AUTO;
    private @Nullable WritePath writePath;
    private long constantCapacity = UNSET;
    private long dataCapacity = UNSET;
    private Hardening hardening = Hardening.NONE;
    private ConstantPlacement constants = ConstantPlacement.OWN_REGIONS;
    private boolean checksLateWrites;
    private String name = "ashlar";
    private boolean preparesRegions = true;
    private Duration longestWaitForCollector = Duration.ofMillis(100);
    private Evidence evidence = Evidence.NONE;
    private Visibility visibility = Visibility.NONE;
    private @Nullable SystemCalls systemCalls;

    CodeHeapBuilder() {}

    /**
     * Sets the room for code: all address space for it that the heap will ever have. Memory is committed region by
     * region as blocks need it.
     *
     * @param byteSize bytes, 1 to {@link CodeHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; default 256 MiB
     * @return this builder
     * @throws IllegalArgumentException if the size is out of range
     */
    public CodeHeapBuilder capacity(long byteSize) {
        capacity = Arguments.requireCapacity(byteSize, 1, CodeHeap.LARGEST_CAPACITY);
        return this;
    }

    /**
     * Sets the room for read-only data beside the code, which is only address space until it is used.
     *
     * @param byteSize bytes, 0 to {@link CodeHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; default a quarter of
     *     {@link #capacity}. All three capacities, and 2 MiB between each two, are at most 2 GiB
     * @return this builder
     * @throws IllegalArgumentException if the size is out of range
     */
    public CodeHeapBuilder constantCapacity(long byteSize) {
        constantCapacity = Arguments.requireCapacity(byteSize, 0, CodeHeap.LARGEST_CAPACITY);
        return this;
    }

    /**
     * Sets the room for writable data beside the code, which is only address space until it is used.
     *
     * @param byteSize bytes, 0 to {@link CodeHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; default a quarter of
     *     {@link #capacity}. All three capacities, and 2 MiB between each two, are at most 2 GiB
     * @return this builder
     * @throws IllegalArgumentException if the size is out of range
     */
    public CodeHeapBuilder dataCapacity(long byteSize) {
        dataCapacity = Arguments.requireCapacity(byteSize, 0, CodeHeap.LARGEST_CAPACITY);
        return this;
    }

    /**
     * Sets where the read-only data of units lies; default {@link ConstantPlacement#OWN_REGIONS}.
     *
     * @param placement with the code or in regions of their own
     * @return this builder
     */
    public CodeHeapBuilder constants(ConstantPlacement placement) {
        constants = Objects.requireNonNull(placement, "placement");
        return this;
    }

    /**
     * Asks for a span in which a 32-bit relative call or jump at every byte reaches all {@code addresses}, and back:
     * those of this call and of earlier ones.
     *
     * @param addresses for example the addresses of functions
     * @return this builder
     * @throws IllegalArgumentException if an address is not positive
     */
    public CodeHeapBuilder near(long... addresses) {
        Reach all = reach;
        for (long address : Objects.requireNonNull(addresses, "addresses")) {
            all = all.to(Arguments.requireUserAddress("address", address));
        }
        reach = all;
        return this;
    }

    /**
     * Asks for a span below 2 GiB, for code that holds its own addresses, and those of its constants and data, in
     * fields of 32 bits. It does not reach the functions of libraries, which lie far above.
     *
     * @return this builder
     */
    public CodeHeapBuilder belowTwoGibibytes() {
        reach = reach.below(Integer.MAX_VALUE + 1L);
        return this;
    }

    /**
     * Demands a kind of memory; default {@link MemoryDemand#AUTO}.
     *
     * @param demand the kind of memory
     * @return this builder
     */
    public CodeHeapBuilder memory(MemoryDemand demand) {
        memory = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /**
     * Demands a write path; default the first of ALIAS, POKE and IN_PLACE that the host allows. If a path only lacks
     * memory, descriptors or mappings, {@link #build} throws and does not use the next one. If the host forbids a path,
     * the next one is used; the first heap of the JVM that uses it logs a warning with the reason and the cost
     * ({@link System.Logger} "dev.ashlar").
     *
     * @param demand the write path
     * @return this builder
     */
    public CodeHeapBuilder writePath(WritePath demand) {
        writePath = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /**
     * Demands protection of what is published from the rest of the process; default {@link Hardening#NONE}. The other
     * levels need the write path ALIAS and protect code and constants. Data stays ordinary memory.
     *
     * @param level the level of protection
     * @return this builder
     */
    public CodeHeapBuilder hardening(Hardening level) {
        hardening = Objects.requireNonNull(level, "level");
        return this;
    }

    /**
     * Sets the name that appears in {@code /proc/self/maps} and in errors.
     *
     * @param heapName 1 to 200 letters, digits, dots, dashes and underscores; default "ashlar"
     * @return this builder
     * @throws IllegalArgumentException if the name has other characters or another length
     */
    public CodeHeapBuilder name(String heapName) {
        name = Arguments.requireName(heapName);
        return this;
    }

    /**
     * Makes a write through {@link CodeBlock#writable()} or {@link UnitPart#writable()} throw {@link
     * IllegalStateException} if it comes after the block or unit was published or freed. This is for tests of code
     * generators: each publication takes tens of microseconds more, and code is written to a buffer and copied, on
     * every write path. Raw addresses are not checked.
     *
     * @return this builder
     */
    public CodeHeapBuilder checkLateWrites() {
        checksLateWrites = true;
        return this;
    }

    /**
     * Turns preparation off: every allocation commits the regions that it needs. By default, a daemon thread commits
     * the next region of a heap that grows, so that no allocation waits for it. It costs at most 2 MiB a zone.
     *
     * @return this builder
     */
    public CodeHeapBuilder withoutPreparedRegions() {
        preparesRegions = false;
        return this;
    }

    /**
     * Sets how long an allocation waits for the garbage collector, if the heap is full and has {@linkplain
     * CodeHeap#collected collected} code, and how long {@link CodeHeap#close} waits for that code. Both ask for a
     * collection first; with {@code -XX:+DisableExplicitGC} the JVM does nothing then. An interrupted thread does not
     * wait.
     *
     * @param wait zero or more; default 100 milliseconds
     * @return this builder
     * @throws IllegalArgumentException if the duration is negative or longer than five seconds
     */
    public CodeHeapBuilder longestWaitForCollector(Duration wait) {
        longestWaitForCollector = Arguments.requireWait(wait);
        return this;
    }

    /**
     * Records what blocks the heap takes and frees, to explain a crash or a leak; default {@link Evidence#NONE}.
     *
     * @param demand what to record
     * @return this builder
     */
    public CodeHeapBuilder evidence(Evidence demand) {
        evidence = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /**
     * Says which tools learn of the heap's code; default {@link Visibility#NONE}.
     *
     * @param demand profilers, debuggers, unwinders
     * @return this builder
     */
    public CodeHeapBuilder visibility(Visibility demand) {
        visibility = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /** Replaces the boundary to the kernel, so that a test can make calls fail. */
    CodeHeapBuilder systemCalls(SystemCalls calls) {
        systemCalls = calls;
        return this;
    }

    /**
     * Reserves the span, probes the demanded write path and memory by committing the first region, and keeps that
     * region ready.
     *
     * @return the heap; the caller closes it
     * @throws UnsupportedHostException if this system, architecture or JVM cannot run Ashlar
     * @throws IllegalArgumentException if the capacities together are larger than 2 GiB
     * @throws NotReachableException if there is no room where {@link #near} and {@link #belowTwoGibibytes} demand it
     * @throws WritePathException if the demanded write path does not work with the demanded memory or hardening
     * @throws UncheckedIOException if a file of {@link #evidence} or {@link #visibility} cannot be created
     * @throws BackingUnavailableException if the host gives no address space, no memory of the demanded kind, or none
     *     of the write paths, or if the path that it allows is short of something
     */
    public CodeHeap build() {
        SystemCalls kernel = HostCheck.require(systemCalls);
        HostCheck.requireCodeArchitecture(Platform.current());
        if (hardening != Hardening.NONE && writePath != null && writePath != WritePath.ALIAS) {
            throw WritePathException.notServed(hardening, writePath);
        }
        if (writePath != null && memory.ladder(writePath).isEmpty()) {
            throw WritePathException.notServed(memory, writePath);
        }
        List<WritePath> candidates = writePath == null ? pathsForBlocks() : List.of(writePath);
        List<Refusal> refusals = new ArrayList<>();
        Refusal whyNotTheBest = null;
        for (WritePath path : candidates) {
            switch (open(path, candidates.subList(0, candidates.indexOf(path)), kernel)) {
                case Zones.Opened opened -> {
                    if (whyNotTheBest != null) {
                        PathNotice.log(name, candidates.getFirst(), path, whyNotTheBest);
                        Recordings.events().fellBack(
                                name, Domain.CODE, candidates.getFirst().toString(), path.toString(), whyNotTheBest);
                    }
                    if (!preparesRegions) {
                        opened.zones().withoutPreparedRegions();
                    }
                    opened.zones().longestWaitForCollector(longestWaitForCollector);
                    if (checksLateWrites) {
                        opened.zones().checkLateWrites();
                    }
                    if (visibility.hasPerfMap() && mapIsUseless()) {
                        refusals.add(mapRefusal());
                    }
                    List<Refusal> pathRefusals = List.copyOf(refusals);
                    return opened.zones().present(evidence, visibility,
                            zones -> new CodeHeap(zones, constants, pathRefusals));
                }
                case Zones.Refused refused -> {
                    refusals.addAll(refused.refusals());
                    whyNotTheBest = whyNotTheBest == null ? refusals.getLast() : whyNotTheBest;
                    if (refusals.getLast().isShortage()) {
                        // The last resort of the path failed, for a cause that will pass. The heap would keep a slower
                        // path for all its life.
                        throw BackingUnavailableException.of(memory, refusals.stream().distinct().toList());
                    }
                }
            }
        }
        throw BackingUnavailableException.of(memory, refusals.stream().distinct().toList());
    }

    /** {@return the paths on which the memory serves every request of a heap} */
    private List<WritePath> pathsForBlocks() {
        return Stream.of(WritePath.values())
                .filter(memory::servesBlocks)
                .filter(path -> hardening == Hardening.NONE || path == WritePath.ALIAS)
                .toList();
    }

    private Zones.Opening open(WritePath path, List<WritePath> refusedPaths, SystemCalls kernel) {
        Refusal forbidden = path == WritePath.IN_PLACE ? Permissions.refusal(kernel) : null;
        if (forbidden != null) {
            return new Zones.Refused(List.of(forbidden));
        }
        return switch (Span.reserve(kernel, parts(path, refusedPaths), reach)) {
            case Span.Reserved reserved -> Zones.open(name, reserved.span(), memory, path, kernel, Domain.CODE);
            case Span.Refused refused -> new Zones.Refused(List.of(refused.refusal()));
            case Span.NotReachable not -> throw NotReachableException.span(
                    not.reach().targets(), not.reach().start(), not.reach().end(), not.byteSize(),
                    not.largestByteSize());
        };
    }

    private List<Span.Part> parts(WritePath path, List<WritePath> refusedPaths) {
        long room = Math.max(0, CodeHeap.LARGEST_CAPACITY - capacity - 2 * Span.GUARD_BYTE_SIZE);
        long half = Region.roundDown(room / 2);
        long constantByteSize = orQuarter(constantCapacity, dataCapacity == UNSET ? half : room - dataCapacity);
        long dataByteSize = orQuarter(dataCapacity, room - constantByteSize);
        Sharing sharing = mapIsUseless() || !visibility.hasPerfMap() ? Sharing.BY_FILE : Sharing.WITHOUT_FILE;
        List<Span.Part> parts = Stream.of(
                new Span.Part(Domain.CODE, path, hardening, capacity, refusedPaths, sharing),
                new Span.Part(Domain.RODATA, path, hardening, constantByteSize, refusedPaths, sharing),
                new Span.Part(Domain.DATA, path, dataByteSize))
                .filter(part -> part.byteSize() > 0)
                .toList();
        if (Span.reachByteSize(parts) > CodeHeap.LARGEST_CAPACITY) {
            throw Arguments.capacitiesOutOfReach(
                    capacity, constantByteSize, dataByteSize, CodeHeap.LARGEST_CAPACITY);
        }
        return parts;
    }

    /** {@return whether the memory must be files, for which perf does not use a map} */
    private boolean mapIsUseless() {
        return hardening != Hardening.NONE || memory == MemoryDemand.HUGETLB;
    }

    private Refusal mapRefusal() {
        return memory == MemoryDemand.HUGETLB
                ? new Refusal("perf-map", "MFD_HUGETLB", "memory of the hugetlb pool is a file",
                        "perf uses the map if it records from the start of the process, not if it attaches.")
                : new Refusal("perf-map", "F_SEAL_FUTURE_WRITE", "hardened memory is a file",
                        "perf does not use the map for it: use a jitdump, or no hardening.");
    }

    private long orQuarter(long demanded, long room) {
        long quarter = Region.roundUp(capacity >>> LOG2_CODE_PER_OTHER);
        return demanded == UNSET ? Math.max(0, Math.min(quarter, room)) : demanded;
    }
}
