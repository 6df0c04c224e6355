package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.HostCheck;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Visibility;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.SystemCalls;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Configures and builds a {@link DataHeap}. Each method returns this builder. Not thread-safe. */
public final class DataHeapBuilder {
    /** It costs address space, and a few bytes of bookkeeping for each region. */
    private static final long DEFAULT_CAPACITY = 16L << 30;

    private long capacity = DEFAULT_CAPACITY;
    private MemoryDemand memory = MemoryDemand.AUTO;
    private String name = "ashlar-data";
    private boolean preparesRegions = true;
    private Evidence evidence = Evidence.NONE;
    private @Nullable SystemCalls systemCalls;

    DataHeapBuilder() {}

    /**
     * Sets the size of the span: all address space that the heap will ever have. Memory is committed region by region
     * as blocks need it, so a large span costs little; but it counts against the limit of address space ({@code ulimit
     * -v}), if the process has one.
     *
     * @param byteSize bytes, 1 to {@link DataHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; default 16 GiB
     * @return this builder
     * @throws IllegalArgumentException if the size is out of range
     */
    public DataHeapBuilder capacity(long byteSize) {
        capacity = Arguments.requireCapacity(byteSize, 1, DataHeap.LARGEST_CAPACITY);
        return this;
    }

    /**
     * Demands a kind of memory; default {@link MemoryDemand#AUTO}.
     *
     * @param demand the kind of memory
     * @return this builder
     */
    public DataHeapBuilder memory(MemoryDemand demand) {
        memory = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /**
     * Sets the name that appears in {@code /proc/self/maps} and in errors.
     *
     * @param heapName 1 to 200 letters, digits, dots, dashes and underscores; default "ashlar-data"
     * @return this builder
     * @throws IllegalArgumentException if the name has other characters or another length
     */
    public DataHeapBuilder name(String heapName) {
        name = Arguments.requireName(heapName);
        return this;
    }

    /**
     * Turns preparation off: every allocation commits the regions that it needs. By default, a daemon thread commits
     * the next region of a heap that grows, so that no allocation waits for it. It costs at most 2 MiB.
     *
     * @return this builder
     */
    public DataHeapBuilder withoutPreparedRegions() {
        preparesRegions = false;
        return this;
    }

    /**
     * Records what blocks the heap takes and frees, to explain a crash or a leak; default {@link Evidence#NONE}.
     *
     * @param demand what to record
     * @return this builder
     */
    public DataHeapBuilder evidence(Evidence demand) {
        evidence = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /** Replaces the boundary to the kernel, so that a test can make calls fail. */
    DataHeapBuilder systemCalls(SystemCalls calls) {
        systemCalls = calls;
        return this;
    }

    /**
     * Reserves the span, probes the demanded memory by committing the first region, and keeps that region ready.
     *
     * @return the heap; the caller closes it
     * @throws UnsupportedHostException if this system or JVM cannot run Ashlar
     * @throws UncheckedIOException if a file of {@link #evidence} cannot be created
     * @throws BackingUnavailableException if the host gives no address space, or no memory of the demanded kind
     */
    public DataHeap build() {
        return switch (Zones.reserve(HostCheck.require(systemCalls), name, memory, Domain.DATA, capacity)) {
            case Zones.Opened opened -> {
                if (!preparesRegions) {
                    opened.zones().withoutPreparedRegions();
                }
                yield opened.zones().present(evidence, Visibility.NONE, DataHeap::new);
            }
            case Zones.Refused refused -> throw BackingUnavailableException.of(memory, refused.refusals());
        };
    }
}
