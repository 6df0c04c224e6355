package dev.ashlar;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Region;
import dev.ashlar.region.Span;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.CountingCalls;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a {@link DataHeap} shall be. Each method returns this builder. Not thread-safe. */
public final class DataHeapBuilder {
    /** Address space is all that it costs, and some bytes of bookkeeping for each region. */
    private static final long DEFAULT_CAPACITY = 16L << 30;

    private long capacity = DEFAULT_CAPACITY;
    private MemoryDemand memory = MemoryDemand.AUTO;
    private String name = "ashlar-data";
    private @Nullable SystemCalls systemCalls;

    DataHeapBuilder() {}

    /**
     * Sets the size of the span: all address space the heap will ever have. Memory is committed region by region as
     * blocks need it, so a large span costs little; but it counts against the limit of address space
     * ({@code ulimit -v}), where a process has one.
     *
     * @param byteSize bytes, 1 to {@link DataHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; 16 GiB where not set
     * @throws IllegalArgumentException if the size is out of range
     */
    public DataHeapBuilder capacity(long byteSize) {
        if (byteSize < 1 || byteSize > DataHeap.LARGEST_CAPACITY) {
            throw HeapErrors.capacity(byteSize, DataHeap.LARGEST_CAPACITY);
        }
        capacity = Region.countFor(byteSize) * Region.BYTE_SIZE;
        return this;
    }

    /** Demands a kind of memory; {@link MemoryDemand#AUTO} where not set. */
    public DataHeapBuilder memory(MemoryDemand demand) {
        memory = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /**
     * Sets the name that stands in {@code /proc/self/maps} and in errors.
     *
     * @param heapName 1 to 200 letters, digits, dots, dashes and underscores; "ashlar-data" where not set
     * @throws IllegalArgumentException if the name has other characters or another length
     */
    public DataHeapBuilder name(String heapName) {
        name = HeapName.require(heapName);
        return this;
    }

    /** Puts another boundary to the kernel in, so that a test can make calls fail. */
    DataHeapBuilder systemCalls(SystemCalls calls) {
        systemCalls = calls;
        return this;
    }

    /**
     * Reserves the span, probes the demanded memory by committing the first region, and keeps that region ready.
     *
     * @return the heap; the caller closes it
     * @throws UnsupportedHostException if this system or JVM cannot run Ashlar
     * @throws BackingUnavailableException if the host gives no address space, or no memory of the demanded kind
     */
    public DataHeap build() {
        CountingCalls calls = new CountingCalls(HostCheck.require(systemCalls));
        Span span =
                switch (Span.reserve(calls, List.of(new Span.Part(Domain.DATA, WritePath.ALIAS, capacity)), 0)) {
                    case Span.Reserved reserved -> reserved.span();
                    case Span.Refused refused -> throw BackingUnavailableException.of(memory, refused.refusal());
                    case Span.NotReachable not -> throw HeapErrors.notReachable(not.address(), not.byteSize());
                };
        List<Refusal> refusals = new ArrayList<>();
        HeapZones zones = HeapZones.open(name, span, memory, WritePath.ALIAS, calls, Domain.DATA, refusals);
        if (zones == null) {
            throw BackingUnavailableException.of(memory, refusals);
        }
        return new DataHeap(zones);
    }
}
