package dev.ashlar;

import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Permissions;
import dev.ashlar.region.Region;
import dev.ashlar.region.Span;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.stubs.CountingCalls;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a {@link CodeHeap} shall be. Each method returns this builder. Not thread-safe. */
public final class CodeHeapBuilder {
    private static final long DEFAULT_CAPACITY = 256L << 20;
    private static final long UNSET = -1;
    /** Constants and data have a quarter each of what code has, where nothing else is said and there is room. */
    private static final int LOG2_CODE_PER_OTHER = 2;
    private long capacity = DEFAULT_CAPACITY;
    private long nearAddress;
    private MemoryDemand memory = MemoryDemand.AUTO;
    private @Nullable WritePath writePath;
    private long constantCapacity = UNSET;
    private long dataCapacity = UNSET;
    private Hardening hardening = Hardening.NONE;
    private ConstantPlacement constants = ConstantPlacement.OWN_REGIONS;
    private String name = "ashlar";
    private @Nullable SystemCalls systemCalls;

    CodeHeapBuilder() {}

    /**
     * Sets the room for code: all address space for it that the heap will ever have. Memory is committed region by
     * region as blocks need it.
     *
     * @param byteSize bytes, 1 to {@link CodeHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; 256 MiB where not set
     * @throws IllegalArgumentException if the size is out of range
     */
    public CodeHeapBuilder capacity(long byteSize) {
        if (byteSize < 1 || byteSize > CodeHeap.LARGEST_CAPACITY) {
            throw HeapErrors.capacity(byteSize, CodeHeap.LARGEST_CAPACITY);
        }
        capacity = HeapZones.roundedToRegions(byteSize);
        return this;
    }

    /**
     * Sets the room for read-only data beside the code, which is address space only until it is used.
     *
     * @param byteSize bytes, 0 to {@link CodeHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; a quarter of
     *     {@link #capacity} where not set. All three, and 2 MiB between each two, are at most 2 GiB
     * @throws IllegalArgumentException if the size is out of range
     */
    public CodeHeapBuilder constantCapacity(long byteSize) {
        constantCapacity = otherCapacity(byteSize);
        return this;
    }

    /**
     * Sets the room for writable data beside the code, which is address space only until it is used.
     *
     * @param byteSize bytes, 0 to {@link CodeHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; a quarter of
     *     {@link #capacity} where not set. All three, and 2 MiB between each two, are at most 2 GiB
     * @throws IllegalArgumentException if the size is out of range
     */
    public CodeHeapBuilder dataCapacity(long byteSize) {
        dataCapacity = otherCapacity(byteSize);
        return this;
    }

    private static long otherCapacity(long byteSize) {
        if (byteSize < 0 || byteSize > CodeHeap.LARGEST_CAPACITY) {
            throw HeapErrors.otherCapacity(byteSize, CodeHeap.LARGEST_CAPACITY);
        }
        return HeapZones.roundedToRegions(byteSize);
    }

    /** Says where the read-only data of units lies; in regions of its own where not set. */
    public CodeHeapBuilder constants(ConstantPlacement placement) {
        constants = Objects.requireNonNull(placement, "placement");
        return this;
    }

    /**
     * Asks for a span from every byte of which a 32-bit relative call or jump reaches {@code address}, and back.
     *
     * @param address the address of a function, say
     * @throws IllegalArgumentException if the address is not positive
     */
    public CodeHeapBuilder near(long address) {
        if (address <= 0) {
            throw new IllegalArgumentException("no address of user space: 0x" + Long.toHexString(address));
        }
        nearAddress = address;
        return this;
    }

    /** Demands a kind of memory; {@link MemoryDemand#AUTO} where not set. */
    public CodeHeapBuilder memory(MemoryDemand demand) {
        memory = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /** Demands a write path; where not set it is the first of ALIAS, POKE and IN_PLACE that the host allows. */
    public CodeHeapBuilder writePath(WritePath demand) {
        writePath = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /**
     * Demands protection of what is published from the rest of the process; {@link Hardening#NONE} where not set. The
     * other levels need the write path ALIAS, and are for code and constants: data stays memory like any other.
     */
    public CodeHeapBuilder hardening(Hardening level) {
        hardening = Objects.requireNonNull(level, "level");
        return this;
    }

    /**
     * Sets the name that stands in {@code /proc/self/maps} and in errors.
     *
     * @param heapName 1 to 200 letters, digits, dots, dashes and underscores; "ashlar" where not set
     * @throws IllegalArgumentException if the name has other characters or another length
     */
    public CodeHeapBuilder name(String heapName) {
        name = HeapName.require(heapName);
        return this;
    }

    /** Puts another boundary to the kernel in, so that a test can make calls fail. */
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
     * @throws NotReachableException if no room lies within reach of {@link #near}
     * @throws WritePathException if the demanded write path does not work with the demanded memory or hardening
     * @throws BackingUnavailableException if the host gives no address space, no memory of the demanded kind, or none
     *     of the write paths
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
        for (WritePath path : candidates) {
            HeapZones zones = open(path, kernel, refusals);
            if (zones != null) {
                return new CodeHeap(zones, constants, List.copyOf(refusals));
            }
        }
        throw BackingUnavailableException.of(memory, refusals.stream().distinct().toList());
    }

    /** {@return the paths that can serve the memory, and on which every request of a heap can be served} */
    private List<WritePath> pathsForBlocks() {
        return Stream.of(WritePath.values())
                .filter(path -> !memory.ladder(path).isEmpty())
                .filter(path -> hardening == Hardening.NONE || path == WritePath.ALIAS)
                // Pages of the pool are published as a whole: batches only.
                .filter(path -> path != WritePath.IN_PLACE || memory != MemoryDemand.HUGETLB)
                .toList();
    }

    /** {@return the zones of a heap on a write path, or null with why the host allows none} */
    private @Nullable HeapZones open(WritePath path, SystemCalls kernel, List<Refusal> refusals) {
        Refusal forbidden = path == WritePath.IN_PLACE ? Permissions.refusal(kernel) : null;
        if (forbidden != null) {
            refusals.add(forbidden);
            return null;
        }
        // The heap's own calls from here on: what was tried before is none of them.
        CountingCalls calls = new CountingCalls(kernel);
        return switch (Span.reserve(calls, parts(path), nearAddress)) {
            case Span.Reserved reserved ->
                    HeapZones.open(name, reserved.span(), memory, path, calls, Domain.CODE, refusals);
            case Span.Refused refused -> {
                refusals.add(refused.refusal());
                yield null;
            }
            case Span.NotReachable not -> throw HeapErrors.notReachable(not.address(), not.byteSize());
        };
    }

    private List<Span.Part> parts(WritePath path) {
        long room = Math.max(0, CodeHeap.LARGEST_CAPACITY - capacity - 2 * Span.GUARD_BYTE_SIZE);
        long half = (room / 2) & -Region.BYTE_SIZE;
        long constantByteSize = orQuarter(constantCapacity, dataCapacity == UNSET ? half : room - dataCapacity);
        long dataByteSize = orQuarter(dataCapacity, room - constantByteSize);
        List<Span.Part> parts = Stream.of(
                new Span.Part(Domain.CODE, path, hardening, capacity),
                new Span.Part(Domain.RODATA, path, hardening, constantByteSize),
                new Span.Part(Domain.DATA, path, dataByteSize))
                .filter(part -> part.byteSize() > 0)
                .toList();
        if (Span.reachByteSize(parts) > CodeHeap.LARGEST_CAPACITY) {
            throw HeapErrors.capacities(capacity, constantByteSize, dataByteSize, CodeHeap.LARGEST_CAPACITY);
        }
        return parts;
    }

    private long orQuarter(long demanded, long room) {
        long quarter = HeapZones.roundedToRegions(capacity >>> LOG2_CODE_PER_OTHER);
        return demanded == UNSET ? Math.max(0, Math.min(quarter, room)) : demanded;
    }
}
